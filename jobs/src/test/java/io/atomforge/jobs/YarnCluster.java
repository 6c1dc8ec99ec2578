package io.atomforge.jobs;

import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.server.MiniYARNCluster;

/**
 * HDFS and YARN on this machine, for trials that submit jobs to them: a resource manager, two node
 * managers and the queues {@code default} and {@code ml}. Its words are the folder that clients
 * name in {@code HADOOP_CONF_DIR} and a folder for the data. When all is up it prints the address
 * of the file system. It runs until it is killed, and takes the containers with it. What the nodes
 * keep, logs among it, lies in {@code target} of the folder in which it is started.
 */
public final class YarnCluster {
  private static final Map<String, String> SETTINGS =
      Map.ofEntries(
          Map.entry("yarn.nodemanager.resource.memory-mb", "8192"),
          Map.entry("yarn.nodemanager.resource.cpu-vcores", "4"),
          Map.entry("yarn.scheduler.minimum-allocation-mb", "256"),
          Map.entry("yarn.scheduler.maximum-allocation-mb", "8192"),
          Map.entry("yarn.nodemanager.pmem-check-enabled", "true"),
          Map.entry("yarn.nodemanager.vmem-check-enabled", "false"),
          Map.entry(
              "yarn.nodemanager.disk-health-checker.max-disk-utilization-per-disk-percentage",
              "99"),
          // Two, so that a job that is not told otherwise would be tried again.
          Map.entry("yarn.resourcemanager.am.max-attempts", "2"),
          Map.entry("yarn.scheduler.capacity.root.queues", "default,ml"),
          Map.entry("yarn.scheduler.capacity.root.default.capacity", "20"),
          Map.entry("yarn.scheduler.capacity.root.default.maximum-capacity", "100"),
          Map.entry("yarn.scheduler.capacity.root.ml.capacity", "80"),
          Map.entry("yarn.scheduler.capacity.root.ml.maximum-capacity", "100"),
          Map.entry("yarn.scheduler.capacity.maximum-am-resource-percent", "0.8"),
          Map.entry("yarn.scheduler.capacity.root.ml.user-limit-factor", "10"));

  /** Of the settings of the cluster, those that its clients need. */
  private static final List<String> OF_CLIENTS =
      List.of(
          "yarn.resourcemanager.hostname",
          "yarn.resourcemanager.address",
          "yarn.resourcemanager.scheduler.address",
          "yarn.resourcemanager.admin.address",
          "yarn.resourcemanager.webapp.address");

  private YarnCluster() {}

  public static void main(String[] args) throws Exception {
    // Else the threads of a half would outlive a failure of the other.
    Thread.currentThread()
        .setUncaughtExceptionHandler(
            (thread, e) -> {
              e.printStackTrace();
              System.exit(1);
            });
    Path conf = Path.of(args[0]);
    Configuration settings = new Configuration();
    settings.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, args[1]);
    MiniDFSCluster files = new MiniDFSCluster.Builder(settings).numDataNodes(1).build();
    String address = files.getFileSystem().getUri().toString();
    YarnConfiguration yarn = new YarnConfiguration();
    SETTINGS.forEach(yarn::set);
    yarn.set("fs.defaultFS", address);
    MiniYARNCluster cluster = new MiniYARNCluster("nodes", 2, 1, 1);
    cluster.init(yarn);
    cluster.start();
    Runtime.getRuntime().addShutdownHook(new Thread(cluster::stop));
    Files.createDirectories(conf);
    write(conf.resolve("core-site.xml"), Map.of("fs.defaultFS", address));
    Configuration running = cluster.getConfig();
    Map<String, String> clients = new TreeMap<>();
    OF_CLIENTS.forEach(key -> clients.put(key, running.get(key)));
    write(conf.resolve("yarn-site.xml"), clients);
    System.out.println(address);
    Thread.sleep(Long.MAX_VALUE);
  }

  private static void write(Path file, Map<String, String> settings) throws Exception {
    Configuration own = new Configuration(false);
    settings.forEach(own::set);
    try (OutputStream out = Files.newOutputStream(file)) {
      own.writeXml(out);
    }
  }
}
