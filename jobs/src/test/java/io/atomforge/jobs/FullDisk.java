package io.atomforge.jobs;

import java.io.FilterOutputStream;
import java.io.IOError;
import java.io.IOException;
import java.io.OutputStream;
import java.util.EnumSet;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hadoop.fs.CreateFlag;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/** A local disk that takes so many bytes more, then fails with an error, as Hadoop's own does. */
public final class FullDisk extends LocalFileSystem {
  /** Bytes left, over all files. */
  static final AtomicLong LEFT = new AtomicLong(Long.MAX_VALUE);

  public FullDisk() {
    super(new Raw());
  }

  private static final class Raw extends RawLocalFileSystem {
    @Override
    public FSDataOutputStream create(
        Path file,
        boolean overwrite,
        int buffer,
        short replication,
        long block,
        Progressable progress)
        throws IOException {
      return limited(super.create(file, overwrite, buffer, replication, block, progress));
    }

    @Override
    public FSDataOutputStream create(
        Path file,
        FsPermission permission,
        boolean overwrite,
        int buffer,
        short replication,
        long block,
        Progressable progress)
        throws IOException {
      return limited(
          super.create(file, permission, overwrite, buffer, replication, block, progress));
    }

    @Override
    public FSDataOutputStream createNonRecursive(
        Path file,
        FsPermission permission,
        EnumSet<CreateFlag> flags,
        int buffer,
        short replication,
        long block,
        Progressable progress)
        throws IOException {
      return limited(
          super.createNonRecursive(file, permission, flags, buffer, replication, block, progress));
    }

    private static FSDataOutputStream limited(OutputStream out) throws IOException {
      return new FSDataOutputStream(
          new FilterOutputStream(out) {
            @Override
            public void write(int b) throws IOException {
              write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
              if (LEFT.addAndGet(-length) < 0) {
                throw new IOError(new IOException("No space left on device"));
              }
              out.write(bytes, offset, length);
            }
          },
          null);
    }
  }
}
