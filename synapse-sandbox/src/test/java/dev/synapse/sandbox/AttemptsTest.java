package dev.synapse.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What a hostile builder tries. Each attempt says REACHED where it gets what it wants, and TRIED
/// when it is through, so that a probe that could not run is no proof. Probes that must succeed
/// outside are run there too: one that always fails would prove nothing.
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AttemptsTest {
  /// Whether the launcher makes the sandboxes, or else bubblewrap.
  boolean launcher() {
    return true;
  }

  /// Who gets what the attempt wants, without a sandbox.
  enum Outside {
    ANYBODY,
    ROOT,
    UNKNOWN
  }

  record Attempt(String sentence, Outside outside, String script) {
    @Override
    public String toString() {
      return sentence;
    }
  }

  private static final boolean ROOT = System.getProperty("user.name").equals("root");
  private static final Path PERL = Path.of("/usr/bin/perl");
  private static final String MARKER = "synapse-attempt-marker";

  private final List<AutoCloseable> opened = new ArrayList<>();
  private Room room;
  private SandboxRunner runner;
  private long neighbour;
  private int tcpPort;
  private int udpPort;
  private Path socket;

  @BeforeAll
  void furnish(@TempDir Path home) throws Exception {
    Assumptions.assumeTrue(Files.isExecutable(PERL), "the probes need /usr/bin/perl");
    room = new Room(home, launcher());
    runner = room.runner();
    opened.add(runner);
    startNeighbour();
    serveTcp();
    serveUdp();
    socket = home.resolve("socket");
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    opened.add(server);
  }

  /// A process of the host's, which listens on an abstract socket and holds shared memory.
  private void startNeighbour() throws IOException {
    String script =
        """
        socket(S, 1, 1, 0) or die; bind(S, pack("S a*", 1, "\\0%1$s")) or die; listen(S, 9) or die;
        $m = shmget(0x53594e41, 4096, 01666); print "ready\\n"; close STDOUT; <STDIN>;
        shmctl($m, 0, 0);
        """
            .formatted(MARKER);
    Process process = new ProcessBuilder("/usr/bin/perl", "-e", script, MARKER).start();
    assertThat(process.getInputStream().read()).isEqualTo('r');
    neighbour = process.pid();
    opened.add(
        () -> {
          process.getOutputStream().close();
          assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
          assertThat(process.exitValue()).as("the neighbour was left in peace").isZero();
        });
  }

  private void serveTcp() throws IOException {
    var server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    tcpPort = server.getLocalPort();
    opened.add(server);
  }

  private void serveUdp() throws IOException {
    var server = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    udpPort = server.getLocalPort();
    opened.add(server);
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                while (true) {
                  var packet = new DatagramPacket(new byte[16], 16);
                  server.receive(packet);
                  server.send(packet);
                }
              } catch (IOException _) {
                // closed
              }
            });
  }

  @AfterAll
  void close() throws Exception {
    for (AutoCloseable resource : opened) {
      resource.close();
    }
  }

  @ParameterizedTest(name = "a builder can''t {0}")
  @MethodSource("attempts")
  void failsInside(Attempt attempt) throws Exception {
    Room.Result result = Room.run(runner, room.shell(script(attempt)), Limits.NONE);

    assertThat(result.output()).as(attempt.sentence()).contains("TRIED").doesNotContain("REACHED");
  }

  @ParameterizedTest(name = "a process outside can {0}")
  @MethodSource("attemptsThatWorkOutside")
  void worksOutside(Attempt attempt) throws Exception {
    Path folder = Files.createTempDirectory(room.home, "outside");
    Process process =
        new ProcessBuilder("/bin/sh", "-c", script(attempt))
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);

    assertThat(output).as(attempt.sentence()).contains("REACHED");
  }

  private String script(Attempt attempt) {
    return attempt
            .script()
            .replace("@TCP@", Integer.toString(tcpPort))
            .replace("@UDP@", Integer.toString(udpPort))
            .replace("@SOCKET@", socket.toString())
            .replace("@NEIGHBOUR@", Long.toString(neighbour))
            .replace("@HOME@", System.getProperty("user.home"))
            .replace("@TEST@", room.home.toString())
            .replace("@INPUT@", Room.INPUT.toString())
            .replace("@OTHER@", Room.OTHER.toString())
            .replace("@REALOTHER@", room.otherFile.toString())
            .replace("@OUTPUT@", Room.OUTPUT.toString())
        + "\necho TRIED\n";
  }

  /// Reached if the command succeeds.
  private static Attempt shell(String sentence, Outside outside, String command) {
    return new Attempt(sentence, outside, "if " + command + "; then echo REACHED; fi");
  }

  /// Reached if the last expression is true; a script that does not compile is no attempt.
  private static Attempt perl(String sentence, Outside outside, String code) {
    // A system call refuses a literal: it might write to it. So each is handed over as a copy.
    String copies = code.replaceAll("(?<=[(, ])(\"[^\"]*\")(?=[,) ])", "t($1)");
    String script =
        "/usr/bin/perl -e 'sub t { my $x = shift; $x } $r = do {"
            + (code.contains("syscall(") ? copies : code)
            + "}; print $r ? \"REACHED\\n\" : \"$!\\n\";'";
    return new Attempt(sentence, outside, script + " || exit 1");
  }

  /// Reached unless the system call fails.
  private static Attempt call(String sentence, Outside outside, String arguments) {
    return perl(sentence, outside, "syscall(" + arguments + ") >= 0");
  }

  private static Stream<Attempt> attemptsThatWorkOutside() {
    return attempts()
        .filter(
            attempt ->
                attempt.outside() == Outside.ANYBODY
                    || (ROOT && attempt.outside() == Outside.ROOT));
  }

  static Stream<Attempt> attempts() {
    return Stream.of(network(), files(), processes(), bits(), inputs(), kernel(), identity())
        .flatMap(List::stream);
  }

  private static List<Attempt> network() {
    return List.of(
        perl(
            "reach a TCP server of the host's loopback",
            Outside.ANYBODY,
            "socket(S, 2, 1, 0) && connect(S, pack(\"S n C4 x8\", 2, @TCP@, 127, 0, 0, 1))"),
        perl(
            "reach a UDP server of the host's loopback",
            Outside.ANYBODY,
            "socket(S, 2, 2, 0) && connect(S, pack(\"S n C4 x8\", 2, @UDP@, 127, 0, 0, 1));"
                + " $SIG{ALRM} = sub { print \"no answer\\nTRIED\\n\"; exit }; alarm 2;"
                + " send(S, \"hello\", 0) && recv(S, $b, 9, 0) && $b eq \"hello\""),
        perl(
            "send anything to another machine",
            Outside.UNKNOWN,
            "socket(S, 2, 2, 0) && connect(S, pack(\"S n C4 x8\", 2, 53, 192, 0, 2, 1))"),
        perl(
            "send anything to another machine over IPv6",
            Outside.UNKNOWN,
            "socket(S, 10, 2, 0)"
                + " && connect(S, pack(\"S n N a16 N\", 10, 53, 0, \"\\x20\\x01\\x0d\\xb8\", 0))"),
        perl(
            "reach an abstract socket of the host",
            Outside.ANYBODY,
            "socket(S, 1, 1, 0) && connect(S, pack(\"S a*\", 1, \"\\0" + MARKER + "\"))"),
        perl(
            "reach a socket in the host's file system",
            Outside.ANYBODY,
            "socket(S, 1, 1, 0) && connect(S, pack(\"S a*\", 1, \"@SOCKET@\"))"),
        perl("open a socket to the hypervisor", Outside.UNKNOWN, "socket(S, 40, 1, 0)"),
        perl("open a packet socket", Outside.ROOT, "socket(S, 17, 3, 768)"),
        perl("open a raw socket", Outside.ROOT, "socket(S, 2, 3, 1)"),
        perl("open a socket of the kernel's ciphers", Outside.UNKNOWN, "socket(S, 38, 5, 0)"),
        perl(
            "take its loopback down",
            Outside.UNKNOWN,
            "socket(S, 2, 2, 0); $i = pack(\"a16 s x22\", \"lo\", 0); ioctl(S, 0x8914, $i)"),
        perl(
            "add a network interface over netlink",
            Outside.UNKNOWN,
            // RTM_NEWLINK, request + create + acknowledge: the error number is in the answer.
            "socket(S, 16, 3, 0) && send(S, pack(\"L S S L L C x S l L L\", 32, 16, 0x405, 1, 0,"
                + " 0, 0, 0, 0, 0), 0, pack(\"S x2 L L\", 16, 0, 0)) && recv(S, $b, 99, 0);"
                + " unpack(\"x16 l\", $b) != -1"));
  }

  private static List<Attempt> files() {
    return List.of(
        shell("read the host's passwords", Outside.ROOT, "cat /etc/shadow"),
        shell("see the host's name on disk", Outside.UNKNOWN, "cat /etc/hostname"),
        shell("see the user's home", Outside.ANYBODY, "ls @HOME@"),
        shell("see the folder around its own", Outside.ANYBODY, "ls @TEST@"),
        shell("see another store path", Outside.UNKNOWN, "ls @OTHER@"),
        shell("see another store path where it really lies", Outside.ANYBODY, "cat @REALOTHER@"),
        shell(
            "list more of the store than its inputs",
            Outside.UNKNOWN,
            "ls /nix/store | grep -v input"),
        shell("climb out by dot-dot", Outside.ANYBODY, "cat ../../../../../../../..@REALOTHER@"),
        shell(
            "see the host through its own root", Outside.ANYBODY, "cat /proc/self/root@REALOTHER@"),
        shell(
            "see the host through the first process",
            Outside.UNKNOWN,
            "cat /proc/1/root@REALOTHER@"),
        shell("see the machine's devices in /sys", Outside.ANYBODY, "ls /sys/class"),
        shell("change the root folder", Outside.ROOT, "mkdir /attempt && rmdir /attempt"),
        shell("change /dev", Outside.ROOT, "touch /dev/attempt && rm /dev/attempt"),
        shell("change /usr", Outside.ROOT, "touch /usr/attempt && rm /usr/attempt"),
        shell("change its users", Outside.UNKNOWN, "echo x:x:0:0::/:/ >>/etc/passwd"),
        shell(
            "inherit an open file",
            Outside.UNKNOWN,
            "for f in /proc/[0-9]*/fd/*; do readlink $f; done"
                + " | grep -vE '^(/dev/null|pipe:.*|/proc/[0-9]+/fd|anon_inode:.eventfd.)$'"),
        shell("read memory of the machine", Outside.UNKNOWN, "head -c 1 /dev/mem"),
        shell(
            "read the kernel's messages",
            Outside.ROOT,
            "dd if=/dev/kmsg bs=8192 count=1 | grep -qa ."),
        shell(
            "find a disk",
            Outside.UNKNOWN,
            "ls /dev/[vsx]d* /dev/nvme* /dev/loop* 2>/dev/null | grep ."),
        shell("mount by a helper for users", Outside.UNKNOWN, "true </dev/fuse"));
  }

  private static List<Attempt> processes() {
    return List.of(
        shell(
            "see the host's processes",
            Outside.ANYBODY,
            "cat /proc/[0-9]*/cmdline 2>/dev/null | grep -qa '[s]ynapse-attempt-marker'"),
        shell("signal a process of the host", Outside.ANYBODY, "kill -0 @NEIGHBOUR@"),
        shell(
            "end all processes of its user", Outside.UNKNOWN, "kill -9 -1 && ls /proc/@NEIGHBOUR@"),
        shell(
            "find more than its own in the environment of the first process",
            Outside.UNKNOWN,
            "tr '\\0' '\\n' </proc/1/environ | grep -avE '^(PATH|PWD|SHLVL|_)=' | grep -a ."),
        shell("have a parent", Outside.ANYBODY, "test $PPID != 0"),
        shell(
            "run a program of the host by way of the first process",
            Outside.UNKNOWN,
            "/proc/1/exe --version 2>&1 | grep bubblewrap"),
        shell(
            "read what the kernel tells only to root",
            Outside.ROOT,
            "cat /proc/kcore /proc/keys /proc/kpageflags /proc/slabinfo /proc/timer_list"
                + " /proc/vmallocinfo /proc/pagetypeinfo 2>/dev/null | head -c 1 | grep -qaE '^'"),
        perl(
            "attach to shared memory of the host",
            Outside.ANYBODY,
            "defined(shmget(0x53594e41, 1, 0))"),
        call("be traced", Outside.ANYBODY, "101, 0, 0, 0, 0"),
        call("read another process's memory", Outside.ANYBODY, "310, $$, 0, 0, 0, 0, 0"),
        call("write another process's memory", Outside.ANYBODY, "311, $$, 0, 0, 0, 0, 0"),
        call("compare with another process", Outside.UNKNOWN, "312, $$, $$, 1, 0, 0"),
        perl(
            "type into a terminal",
            Outside.UNKNOWN,
            "open(T, \"+<\", \"/dev/ptmx\"); $c = \"x\"; ioctl(T, 0x5412, $c) || $! != 1"),
        shell("have a terminal", Outside.UNKNOWN, "true </dev/tty"));
  }

  private static List<Attempt> bits() {
    String made = "open(F, \">\", \"f\"); close F; ";
    return List.of(
        shell("set the set-user-id bit", Outside.ANYBODY, "touch f; chmod 4755 f"),
        shell("set the set-group-id bit", Outside.ANYBODY, "touch f; chmod 2755 f"),
        shell("set the bit on an output", Outside.UNKNOWN, "touch @OUTPUT@; chmod u+s @OUTPUT@"),
        perl(
            "set the bit by descriptor",
            Outside.ANYBODY,
            made + "open(F, \"f\"); syscall(91, fileno(F), 04755) == 0"),
        perl(
            "set the bit by the newest call",
            Outside.UNKNOWN,
            made + "syscall(452, -100, \"f\", 04755, 0) == 0"),
        call("make a file with the bit", Outside.ANYBODY, "257, -100, \"g\", 0101, 04755"),
        call("make a file with the bit by open", Outside.ANYBODY, "2, \"h\", 0101, 02755"),
        call("make a file with the bit by creat", Outside.ANYBODY, "85, \"i\", 04755"),
        call("make a file with the bit by mknod", Outside.ANYBODY, "133, \"j\", 0104755, 0"),
        perl(
            "make a file with the bit by openat2",
            Outside.ANYBODY,
            "syscall(437, -100, \"k\", pack(\"Q3\", 0101, 04755, 0), 24) >= 0"),
        perl(
            "put a capability on a file",
            Outside.ROOT,
            made
                + "$v = pack(\"L5\", 0x02000001, 1, 0, 0, 0);"
                + " syscall(188, \"f\", \"security.capability\", $v, 20, 0) == 0"),
        perl(
            "put an attribute on a file",
            Outside.UNKNOWN,
            made + "syscall(188, \"f\", \"user.attempt\", \"v\", 1, 0) == 0"));
  }

  private static List<Attempt> inputs() {
    return List.of(
        shell("write to an input", Outside.UNKNOWN, "echo changed >@INPUT@/file"),
        shell("add to an input", Outside.UNKNOWN, "touch @INPUT@/more"),
        shell(
            "delete from an input",
            Outside.UNKNOWN,
            "rm -f @INPUT@/file && test ! -e @INPUT@/file"),
        shell("move an input away", Outside.UNKNOWN, "mv @INPUT@ /nix/store/moved"),
        shell("change the mode of an input", Outside.UNKNOWN, "chmod 777 @INPUT@/file"),
        shell("change the time of an input", Outside.UNKNOWN, "touch -d @1 @INPUT@/file"),
        shell(
            "write to an input by a hard link",
            Outside.UNKNOWN,
            "ln @INPUT@/file /nix/store/linked && echo changed >/nix/store/linked"),
        call("make an input writable", Outside.UNKNOWN, "165, 0, \"@INPUT@\", 0, 4128, 0"),
        call("take an input's mount away", Outside.UNKNOWN, "166, \"@INPUT@\", 2"));
  }

  private static List<Attempt> kernel() {
    return List.of(
        call("mount a file system", Outside.UNKNOWN, "165, \"none\", \"/tmp\", \"tmpfs\", 0, 0"),
        call("mount by the new calls", Outside.ROOT, "430, \"tmpfs\", 0"),
        call("copy a mount", Outside.ROOT, "428, -100, \"/usr\", 1"),
        call("uncover what lies under a mount", Outside.UNKNOWN, "166, \"/proc\", 2"),
        call("change its root", Outside.ROOT, "161, \"/usr\""),
        call("make a device", Outside.ROOT, "133, \"null\", 020666, 259"),
        call("make a device of number 0", Outside.UNKNOWN, "133, \"zero\", 020666, 0"),
        call("make a user namespace", Outside.ANYBODY, "272, 0x10000000"),
        call("make a mount namespace", Outside.ROOT, "272, 0x20000"),
        perl(
            "start a process in new namespaces",
            Outside.ANYBODY,
            "$p = syscall(56, 0x10000011, 0, 0, 0, 0); exit if $p == 0; $p > 0"),
        perl(
            "start a process by the newest call",
            Outside.ANYBODY,
            "$p = syscall(435, pack(\"Q8\", 0x10000000, 0, 0, 0, 17, 0, 0, 0), 64);"
                + " exit if $p == 0; $p > 0"),
        perl(
            "enter a namespace",
            Outside.ROOT,
            "open(N, \"/proc/self/ns/uts\"); syscall(308, fileno(N), 0) == 0"),
        call("keep a secret in the kernel", Outside.ANYBODY, "248, \"user\", \"k\", \"v\", 1, -2"),
        call("ask for the session's keys", Outside.ANYBODY, "250, 0, -3, 0"),
        perl(
            "load a program into the kernel",
            Outside.ROOT,
            "syscall(321, 0, pack(\"L4 x100\", 2, 4, 8, 1), 48) >= 0"),
        perl(
            "watch the processor's events",
            Outside.UNKNOWN,
            "syscall(298, pack(\"L L Q x112\", 1, 128, 0), 0, -1, -1, 0) >= 0"),
        call("handle page faults", Outside.ROOT, "323, 0"),
        perl("use io_uring", Outside.UNKNOWN, "syscall(425, 1, \"\\0\" x 120) >= 0 || $! != 38"),
        call("call the other ABI of the machine", Outside.UNKNOWN, "0x40000027"),
        call("read the kernel's log", Outside.ROOT, "103, 10, 0, 0"),
        call("set the clock", Outside.UNKNOWN, "164, \"\\0\" x 16, 0"),
        call("set the host name", Outside.UNKNOWN, "170, \"attempt\", 7"),
        perl("load a module", Outside.UNKNOWN, "syscall(313, 0, \"\", 0) >= 0 || $! != 1"),
        perl("start another kernel", Outside.UNKNOWN, "syscall(246, 0, 0, 0, 0) >= 0 || $! != 1"),
        perl("restart the machine", Outside.UNKNOWN, "syscall(169, 1, 2, 3, 0) >= 0 || $! != 1"),
        perl("open a file by its handle", Outside.UNKNOWN, "syscall(304, 0, 0, 0) >= 0 || $! != 1"),
        shell("open a setting of the kernel", Outside.ROOT, "true >>/proc/sys/kernel/core_pattern"),
        shell("open the emergency keys", Outside.UNKNOWN, "true >>/proc/sysrq-trigger"),
        shell(
            "write a setting of its namespaces", Outside.ROOT, "true >>/proc/sys/kernel/hostname"),
        shell("make itself unkillable", Outside.ANYBODY, "true >>/proc/self/oom_score_adj"));
  }

  private static List<Attempt> identity() {
    return List.of(
        shell("be anybody but user 1000", Outside.ROOT, "test $(id -u) != 1000"),
        shell("be in a group but 100", Outside.ROOT, "test $(id -g) != 100"),
        shell(
            "see its real user id",
            Outside.UNKNOWN,
            "! grep -qE '^ *1000 +0 +1$' /proc/self/uid_map"),
        shell("see the machine's name", Outside.UNKNOWN, "test \"$(uname -n)\" != localhost"),
        shell(
            "hold a capability",
            Outside.ROOT,
            "grep -E '^Cap(Inh|Prm|Eff|Bnd|Amb):' /proc/self/status | grep -v '\t0*$'"),
        shell(
            "gain a privilege by a program",
            Outside.UNKNOWN,
            "! grep -q 'NoNewPrivs:.1' /proc/self/status"),
        shell(
            "run without the filter", Outside.UNKNOWN, "! grep -q 'Seccomp:.2' /proc/self/status"),
        perl("become root", Outside.ROOT, "syscall(105, 0) == 0"),
        shell(
            "see the user's environment",
            Outside.ANYBODY,
            "env | grep -vE '^(PATH|PWD|OLDPWD|SHLVL|_)='"),
        shell(
            "see where it lies among the control groups",
            Outside.UNKNOWN,
            "grep -v ':/$' /proc/self/cgroup"));
  }
}
