package io.atomforge.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A key that says where a job runs, with how many tasks or who watches, and never changes a result.
 * {@link Basis} leaves it out; a key without this mark matters.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Operational {}
