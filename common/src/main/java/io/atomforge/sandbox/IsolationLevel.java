package io.atomforge.sandbox;

/**
 * What stands between a program and the machine, strongest first. At every level a program is a
 * process of its own with limits on CPU time, memory, files and descriptors, a clean environment
 * and no inherited descriptor.
 */
public enum IsolationLevel {
  /**
   * Own process and IPC namespaces, a read-only file system of Python's own files with an empty
   * {@code /tmp} of 4 MiB, no network, no capability, and a filter of system calls.
   */
  FULL,
  /** As {@link #FULL}, but only the filter stands before the network: it refuses every socket. */
  NO_NETWORK_NAMESPACE,
  /**
   * No namespace: the filter refuses processes, signals, sockets and every change to a file, and
   * Landlock any file but Python's own.
   */
  NO_NAMESPACES,
  /** As {@link #NO_NAMESPACES}, but what the user can read, a program can read. */
  FILTER_ONLY,
  /** The limits alone: for programs whose author is trusted. */
  PROCESS;

  /** Whether this level protects at least as well as {@code other}. */
  public boolean isAtLeast(IsolationLevel other) {
    return compareTo(other) <= 0;
  }
}
