package io.atomforge.tables;

import java.io.Serializable;
import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.expressions.GenericRowWithSchema;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Turns a record into a Spark row and back. Components become snake_case columns that are never
 * null: text and enums to string, {@code int}, {@code long}, {@code float}, {@code double} and
 * {@code boolean} to themselves, {@code int[]} and {@code float[]} and lists to arrays, string maps
 * to maps, records to structs.
 */
public final class RecordCodec<T extends Record> implements Serializable {
  private static final long serialVersionUID = 1L;

  private final Class<T> type;
  private transient Shape shape;

  private RecordCodec(Class<T> type) {
    this.type = type;
    this.shape = new Shape(type, false);
  }

  /**
   * @throws IllegalArgumentException if a component has a type that has no column type
   */
  public static <T extends Record> RecordCodec<T> of(Class<T> type) {
    return new RecordCodec<>(type);
  }

  public StructType schema() {
    return shape().schema;
  }

  public Row toRow(T record) {
    return shape().row(record);
  }

  /**
   * Reads the columns by name, so a row may have more columns in any order. A number or a truth
   * value that an earlier version of the program did not write is 0 or false.
   */
  public T fromRow(Row row) {
    return type.cast(shape().record(row));
  }

  /** The column name of a Java name. */
  static String snake(String name) {
    return name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
  }

  private Shape shape() {
    if (shape == null) {
      shape = new Shape(type, false);
    }
    return shape;
  }

  /**
   * Delta enforces NOT NULL on columns only, so the fields of nested structs are declared nullable.
   */
  private static final class Shape {
    private final Constructor<?> constructor;
    private final Method[] accessors;
    private final Column[] columns;
    private final StructType schema;

    Shape(Class<?> type, boolean nested) {
      RecordComponent[] components = type.getRecordComponents();
      accessors = new Method[components.length];
      columns = new Column[components.length];
      StructField[] fields = new StructField[components.length];
      for (int i = 0; i < components.length; i++) {
        accessors[i] = components[i].getAccessor();
        accessors[i].setAccessible(true);
        columns[i] = column(components[i].getGenericType());
        fields[i] =
            DataTypes.createStructField(snake(components[i].getName()), columns[i].type, nested);
      }
      schema = DataTypes.createStructType(fields);
      try {
        constructor =
            type.getDeclaredConstructor(
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
        constructor.setAccessible(true);
      } catch (NoSuchMethodException e) {
        throw new IllegalArgumentException(e);
      }
    }

    Row row(Object record) {
      Object[] values = new Object[columns.length];
      try {
        for (int i = 0; i < values.length; i++) {
          values[i] = columns[i].toSpark.apply(accessors[i].invoke(record));
        }
      } catch (ReflectiveOperationException e) {
        throw new IllegalArgumentException("Cannot read " + record, e);
      }
      return new GenericRowWithSchema(values, schema);
    }

    Object record(Row row) {
      Object[] values = new Object[columns.length];
      for (int i = 0; i < values.length; i++) {
        String name = schema.fields()[i].name();
        Class<?> component = constructor.getParameterTypes()[i];
        boolean missing =
            component.isPrimitive()
                && (row.schema().getFieldIndex(name).isEmpty()
                    || row.isNullAt(row.fieldIndex(name)));
        values[i] =
            missing
                ? Array.get(Array.newInstance(component, 1), 0)
                : columns[i].toJava.apply(row.get(row.fieldIndex(name)));
      }
      try {
        return constructor.newInstance(values);
      } catch (ReflectiveOperationException e) {
        throw new IllegalArgumentException("Cannot build a row of " + schema.simpleString(), e);
      }
    }
  }

  private interface Conversion {
    @Nullable Object apply(Object value);
  }

  private record Column(DataType type, Conversion toSpark, Conversion toJava) {}

  private static Column same(DataType type) {
    return new Column(type, v -> v, v -> v);
  }

  private static Column column(Type type) {
    if (type instanceof Class<?> c) {
      return simple(c);
    }
    if (type instanceof ParameterizedType p && p.getRawType() == List.class) {
      Column element = column(p.getActualTypeArguments()[0]);
      return new Column(
          DataTypes.createArrayType(element.type, true),
          v -> ((List<?>) v).stream().map(element.toSpark::apply).toArray(),
          v -> {
            List<Object> list = new ArrayList<>();
            elements(v).forEach(e -> list.add(element.toJava.apply(e)));
            return List.copyOf(list);
          });
    }
    if (type instanceof ParameterizedType p && p.getRawType() == Map.class) {
      Column value = column(p.getActualTypeArguments()[1]);
      return new Column(
          DataTypes.createMapType(DataTypes.StringType, value.type, true),
          v -> {
            Map<Object, Object> map = new LinkedHashMap<>();
            ((Map<?, ?>) v).forEach((k, e) -> map.put(k, value.toSpark.apply(e)));
            return CollectionConverters.asScala(map);
          },
          v -> {
            Map<Object, Object> map = new LinkedHashMap<>();
            javaMap(v).forEach((k, e) -> map.put(k, value.toJava.apply(e)));
            return map;
          });
    }
    throw new IllegalArgumentException("No column type for " + type);
  }

  private static Map<?, ?> javaMap(Object v) {
    return v instanceof scala.collection.Map<?, ?> m
        ? CollectionConverters.asJava(m)
        : (Map<?, ?>) v;
  }

  private static Iterable<?> elements(Object v) {
    if (v instanceof scala.collection.Iterable<?> s) {
      return CollectionConverters.asJava(s);
    }
    return v instanceof Object[] a ? Arrays.asList(a) : (Iterable<?>) v;
  }

  private static Column simple(Class<?> c) {
    if (c == String.class) {
      return same(DataTypes.StringType);
    } else if (c == int.class || c == Integer.class) {
      return same(DataTypes.IntegerType);
    } else if (c == long.class || c == Long.class) {
      return same(DataTypes.LongType);
    } else if (c == double.class || c == Double.class) {
      return same(DataTypes.DoubleType);
    } else if (c == float.class || c == Float.class) {
      return same(DataTypes.FloatType);
    } else if (c == boolean.class || c == Boolean.class) {
      return same(DataTypes.BooleanType);
    } else if (c == int[].class) {
      return new Column(
          DataTypes.createArrayType(DataTypes.IntegerType, true),
          v -> Arrays.stream((int[]) v).boxed().toArray(),
          RecordCodec::ints);
    } else if (c == float[].class) {
      return new Column(
          DataTypes.createArrayType(DataTypes.FloatType, true),
          v -> {
            float[] array = (float[]) v;
            Object[] boxed = new Object[array.length];
            for (int i = 0; i < array.length; i++) {
              boxed[i] = array[i];
            }
            return boxed;
          },
          RecordCodec::floats);
    } else if (c.isEnum()) {
      Object[] constants = c.getEnumConstants();
      Map<String, Object> byName = new LinkedHashMap<>();
      for (Object constant : constants) {
        byName.put(((Enum<?>) constant).name(), constant);
      }
      return new Column(DataTypes.StringType, v -> ((Enum<?>) v).name(), byName::get);
    } else if (c.isRecord()) {
      Shape shape = new Shape(c, true);
      return new Column(shape.schema, shape::row, v -> shape.record((Row) v));
    }
    throw new IllegalArgumentException("No column type for " + c);
  }

  private static int[] ints(Object v) {
    List<Integer> list = new ArrayList<>();
    elements(v).forEach(e -> list.add((Integer) e));
    return list.stream().mapToInt(Integer::intValue).toArray();
  }

  private static float[] floats(Object v) {
    List<Float> list = new ArrayList<>();
    elements(v).forEach(e -> list.add((Float) e));
    float[] array = new float[list.size()];
    for (int i = 0; i < array.length; i++) {
      array[i] = list.get(i);
    }
    return array;
  }
}
