package io.atomforge.torch;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A module without parameters made from TorchScript text, packed in memory into the archive that
 * the engine loads. One instance serves any number of threads; it lives as long as the JVM.
 */
public final class TorchScript {
  private static final Pattern PLACE = Pattern.compile("\\$\\{(\\w+)}");

  private static final Map<Key, TorchScript> SHARED = new ConcurrentHashMap<>();

  private final Model model;
  private final Map<String, NDArray> methodTags = new ConcurrentHashMap<>();
  private final int intraOpThreads;

  private record Key(String className, String source, Device device, int intraOpThreads) {}

  private TorchScript(Model model, int intraOpThreads) {
    this.model = model;
    this.intraOpThreads = intraOpThreads;
  }

  /**
   * The JVM's one instance for these arguments.
   *
   * @param owner the class beside whose package the text lies
   * @param resource file name of the text, which declares one class
   * @param className that class
   * @param places text for each {@code ${name}} in the resource
   * @param intraOpThreads threads one operator may use; 1 where several tasks share the processor
   * @throws IllegalArgumentException if a place has no text or the filled text does not compile
   */
  public static TorchScript shared(
      Class<?> owner,
      String resource,
      String className,
      Map<String, String> places,
      Device device,
      int intraOpThreads) {
    String source = fill(read(owner, resource), places);
    return SHARED.computeIfAbsent(
        new Key(className, source, device, intraOpThreads), TorchScript::load);
  }

  private static TorchScript load(Key key) {
    Engine.getEngine("PyTorch");
    Model model = Model.newInstance(key.className(), key.device(), "PyTorch");
    try {
      model.load(new ByteArrayInputStream(archive(key.className(), key.source())));
    } catch (IOException | MalformedModelException | RuntimeException e) {
      model.close();
      throw new IllegalArgumentException(
          key.className() + " does not compile: " + e.getMessage(), e);
    }
    return new TorchScript(model, key.intraOpThreads());
  }

  /** Opens a call on this thread; everything created through it is freed when it closes. */
  public Call open() {
    return new Call();
  }

  /**
   * One use of the script by one thread: threads and grad mode are set on opening, and the grad
   * mode that the thread had is back after closing, also when the script failed in between.
   */
  public final class Call implements AutoCloseable {
    private final NDManager manager = model.getNDManager().newSubManager();
    private final boolean gradMode = JniUtils.isGradMode();

    private Call() {
      JniUtils.setNumThreads(intraOpThreads);
      JniUtils.setGraphExecutorOptimize(false);
      JniUtils.setGradMode(false);
    }

    /** A tensor of any shape from values in row order. */
    public NDArray floats(float[] values, long... shape) {
      ByteBuffer direct = direct(4L * values.length);
      direct.asFloatBuffer().put(values);
      return manager.create(direct, new Shape(shape), DataType.FLOAT32);
    }

    /** A tensor of any shape from values in row order, as int32. */
    public NDArray ints(int[] values, long... shape) {
      ByteBuffer direct = direct(4L * values.length);
      direct.asIntBuffer().put(values);
      return manager.create(direct, new Shape(shape), DataType.INT32);
    }

    /** A vector of int64. */
    public NDArray longs(long[] values) {
      ByteBuffer direct = direct(8L * values.length);
      direct.asLongBuffer().put(values);
      return manager.create(direct, new Shape(values.length), DataType.INT64);
    }

    /** A float64 scalar, which the script reads with {@code float(x)}. */
    public NDArray scalar(double value) {
      return manager.create(value);
    }

    /** A float64 vector. */
    public NDArray doubles(double... values) {
      return manager.create(values);
    }

    /** Runs a method of the script on tensors in the order of its parameters. */
    public NDList run(String method, NDArray... arguments) {
      return run(method, new NDList(arguments));
    }

    /** The same; tensors next to each other that are all named {@code x[]} are one list. */
    public NDList run(String method, NDList arguments) {
      NDList inputs = new NDList(arguments);
      inputs.add(methodTags.computeIfAbsent(method, TorchScript.this::methodTag));
      NDList outputs = IValueUtils.forward((PtSymbolBlock) model.getBlock(), inputs, true);
      outputs.attach(manager);
      return outputs;
    }

    @Override
    public void close() {
      JniUtils.setGradMode(gradMode);
      manager.close();
    }
  }

  private NDArray methodTag(String method) {
    NDArray tag = model.getNDManager().create(0);
    tag.setName("module_method:" + method);
    return tag;
  }

  static ByteBuffer direct(long bytes) {
    return ByteBuffer.allocateDirect(Math.toIntExact(bytes)).order(ByteOrder.nativeOrder());
  }

  private static String read(Class<?> owner, String resource) {
    try (InputStream in = owner.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalArgumentException("No resource " + resource + " beside " + owner);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String fill(String text, Map<String, String> places) {
    return PLACE
        .matcher(text)
        .replaceAll(
            match -> {
              String value = places.get(match.group(1));
              if (value == null) {
                throw new IllegalArgumentException("No text for place " + match.group());
              }
              return Matcher.quoteReplacement(value);
            });
  }

  /** The zip that {@code torch.jit.load} reads: version, constants, code and a pickled object. */
  private static byte[] archive(String className, String source) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      store(zip, "m/version", "3\n".getBytes(StandardCharsets.UTF_8));
      store(zip, "m/constants.pkl", new byte[] {(byte) 0x80, 2, ')', '.'});
      store(zip, "m/code/__torch__.py", source.getBytes(StandardCharsets.UTF_8));
      store(zip, "m/data.pkl", pickledObject(className));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /**
   * Pickle protocol 2 of an object of the class whose only attribute is {@code training = True}.
   */
  private static byte[] pickledObject(String className) {
    String text =
        "\u0080\u0002c__torch__\n"
            + className
            + "\n)\u0081}(X\u0008\u0000\u0000\u0000training\u0088ub.";
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static void store(ZipOutputStream zip, String name, byte[] data) throws IOException {
    CRC32 crc = new CRC32();
    crc.update(data);
    ZipEntry entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(data.length);
    entry.setCompressedSize(data.length);
    entry.setCrc(crc.getValue());
    zip.putNextEntry(entry);
    zip.write(data);
    zip.closeEntry();
  }
}
