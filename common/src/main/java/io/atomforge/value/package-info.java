/**
 * Values as Python programs take and return them: how they are written, when two are equal, and how
 * a difference is shown.
 */
package io.atomforge.value;
