package dev.synapse.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The NixOS module, evaluated by real Nix with a stand-in for the module system of nixpkgs.
@Timeout(300)
final class NixosModuleTest {
  private static final String KEY = "cache-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=";

  @TempDir private static Path temporary;
  private static Flakes flakes;

  /// Before each and not before all, so that each test is seen to be skipped where there is no Nix.
  @BeforeEach
  void copyTheFlakes() throws Exception {
    FlakeNix.assumeThere();
    if (flakes == null) {
      flakes = new Flakes(temporary);
    }
  }

  @AfterAll
  static void deleteTheStore() throws Exception {
    if (flakes != null) {
      flakes.nix().deleteStore();
    }
  }

  private static List<String> strings(JsonNode array) {
    return array.valueStream().map(JsonNode::asString).toList();
  }

  private static JsonNode machine(String settings) throws Exception {
    return flakes
        .asked("lib.machine", "machine: machine { services.synapse = { " + settings + " }; }")
        .succeeded()
        .json();
  }

  @Test
  void theModuleDoesNothingUnlessItIsAsked() throws Exception {
    JsonNode machine = machine("");
    assertThat(machine.get("systemd").get("services")).isEmpty();
    assertThat(machine.get("environment").get("systemPackages")).isEmpty();
    assertThat(machine.get("nix").get("settings")).isEmpty();
    assertThat(machine.get("networking").get("firewall").get("allowedTCPPorts")).isEmpty();
  }

  @Test
  void theModuleGivesNixTheCachesAndKeys() throws Exception {
    JsonNode machine =
        machine(
            "enable = true; substituters = [ \"http://a:1\" ]; trustedKeys = [ \"" + KEY + "\" ];");
    JsonNode settings = machine.get("nix").get("settings");
    assertThat(strings(settings.get("substituters"))).containsExactly("http://a:1");
    assertThat(strings(settings.get("trusted-public-keys"))).containsExactly(KEY);
    assertThat(machine.get("environment").get("systemPackages")).hasSize(1);
    assertThat(machine.get("systemd").get("services")).isEmpty();
    flakes
        .asked(
            "lib.machine",
            "f: f { services.synapse = { enable = true; trustedKeys = [ \"a:b\" ]; }; }")
        .failedWith("services.synapse.trustedKeys");
    flakes
        .asked("lib.machine", "f: f { services.synapse.cache.prot = 1; }")
        .failedWith("services.synapse.cache.prot");
  }

  @Test
  void theServiceIsConfined() throws Exception {
    JsonNode machine =
        machine(
            "cache = { enable = true; listenAddress = \"::\"; port = 9000; openFirewall = true;"
                + " signingKeyFiles = [ \"/etc/key 100%\" ]; };");
    assertThat(machine.get("refused")).isEmpty();
    assertThat(machine.get("warnings")).isEmpty();
    assertThat(machine.get("networking").get("firewall").get("allowedTCPPorts").get(0).asInt())
        .isEqualTo(9000);
    JsonNode unit = machine.get("systemd").get("services").get("synapse-cache");
    assertThat(strings(unit.get("wantedBy"))).containsExactly("multi-user.target");
    JsonNode service = unit.get("serviceConfig");
    for (String on :
        List.of(
            "DynamicUser",
            "LockPersonality",
            "NoNewPrivileges",
            "PrivateDevices",
            "PrivateTmp",
            "ProtectClock",
            "ProtectControlGroups",
            "ProtectHome",
            "ProtectHostname",
            "ProtectKernelLogs",
            "ProtectKernelModules",
            "ProtectKernelTunables",
            "RemoveIPC",
            "RestrictNamespaces",
            "RestrictRealtime",
            "RestrictSUIDSGID")) {
      assertThat(service.get(on)).as(on).isNotNull();
      assertThat(service.get(on).asBoolean()).as(on).isTrue();
    }
    assertThat(service.get("ProtectSystem").asString()).isEqualTo("strict");
    assertThat(service.get("CapabilityBoundingSet").asString()).isEmpty();
    assertThat(service.get("StateDirectory").asString()).isEqualTo("synapse");
    assertThat(service.get("ReadWritePaths")).isEmpty();
    assertThat(strings(service.get("LoadCredential")))
        .containsExactly("signing-key-0:/etc/key 100%%");
    assertThat(service.get("ExecStart").asString())
        .contains("\"[::]:9000\"", "--key-file %d/signing-key-0")
        .doesNotContain("/etc/key");
    assertThat(service.has("MemoryDenyWriteExecute")).as("no JVM runs with it").isFalse();
    assertThat(service.has("User")).isFalse();
  }

  @Test
  void systemdTakesTheUnitAndFindsItTight() throws Exception {
    Assumptions.assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/systemd-analyze")),
        "this machine has no systemd-analyze");
    JsonNode service =
        machine("cache = { enable = true; signingKeyFiles = [ \"/etc/key 100%\" ]; };")
            .get("systemd")
            .get("services")
            .get("synapse-cache")
            .get("serviceConfig");
    List<String> lines = new ArrayList<>(List.of("[Service]"));
    for (String name : service.propertyNames()) {
      JsonNode value = service.get(name);
      for (JsonNode each : value.isArray() ? value : List.of(value)) {
        String text = each.asString();
        lines.add(
            name
                + "="
                + (name.equals("ExecStart")
                    ? text.replaceFirst("/nix/store/[^/]+/bin/synapse", "/bin/true")
                    : text));
      }
    }
    Path unit = temporary.resolve("synapse-cache.service");
    Files.write(unit, lines);
    assertThat(systemd("verify", unit.toString())).as("what it complains of").isEmpty();
    assertThat(
            systemd("security", "--offline=true", "--threshold=20", "--no-pager", unit.toString()))
        .contains("Overall exposure level");
  }

  private static String systemd(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("/usr/bin/systemd-analyze"));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said;
  }

  @Test
  void aStoreElsewhereBelongsToAUser() throws Exception {
    JsonNode machine =
        machine(
            "store = \"/home/builder/a b\"; cache = { enable = true; user = \"builder\";"
                + " group = \"users\"; };");
    assertThat(machine.get("refused")).isEmpty();
    JsonNode service =
        machine.get("systemd").get("services").get("synapse-cache").get("serviceConfig");
    assertThat(service.get("User").asString()).isEqualTo("builder");
    assertThat(service.get("Group").asString()).isEqualTo("users");
    assertThat(service.has("DynamicUser")).isFalse();
    assertThat(service.get("ProtectHome").asString()).isEqualTo("read-only");
    assertThat(strings(service.get("ReadWritePaths"))).containsExactly("\"/home/builder/a b\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "cache.tokenFile = \"/t\"; | tokenFile: uploads need a folder",
        "cache.folder = \"/var/lib/synapse/c\"; cache.signingKeyFiles = [ \"/k\" ]; |"
            + " signingKeyFiles: a folder",
        "cache.signingKeyFiles = [ \"${builtins.storeDir}/k\" ]; | in the Nix store can be read by"
            + " everybody",
        "store = \"/srv/synapse\"; | cache.user: a store or folder outside of /var/lib/synapse",
        "cache.folder = \"/srv/cache\"; | cache.user: a store or folder outside of"
            + " /var/lib/synapse",
        "cache.group = \"users\"; | group: is nothing without",
        "cache.openFirewall = true; | openFirewall: the service listens on 127.0.0.1 only",
      })
  void theModuleRefusesWhatCannotWork(String settings, String said) throws Exception {
    JsonNode machine = machine("cache.enable = true; " + settings);
    assertThat(machine.get("refused")).hasSize(1);
    assertThat(machine.get("refused").get(0).asString())
        .startsWith("services.synapse.cache")
        .contains(said);
  }

  @Test
  void theModuleWarnsOfATokenInTheOpen() throws Exception {
    JsonNode machine =
        machine(
            "cache = { enable = true; folder = \"/var/lib/synapse/c\"; tokenFile = \"/t\";"
                + " listenAddress = \"192.0.2.1\"; };");
    assertThat(machine.get("refused")).isEmpty();
    assertThat(machine.get("warnings").get(0).asString()).contains("unencrypted");
  }

  /// The command of the unit, as systemd reads it, is one that Synapse understands: it serves.
  @Test
  void theCommandOfTheServiceServes() throws Exception {
    Path credentials = Files.createDirectories(temporary.resolve("credentials"));
    assertThat(
            Flakes.program(
                    List.of(
                        "cache",
                        "keygen",
                        "demo-1",
                        credentials.resolve("signing-key-0").toString()))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor())
        .isZero();
    String store = temporary.resolve("a store with \"$100%\"").toString();
    JsonNode service =
        machine(
                "store = "
                    + JsonMapper.shared().writeValueAsString(store)
                    + "; cache = { enable = true; user = \"u\"; port = 0; priority = 17;"
                    + " signingKeyFiles = [ \"/k\" ]; };")
            .get("systemd")
            .get("services")
            .get("synapse-cache")
            .get("serviceConfig");
    List<String> command = words(service.get("ExecStart").asString(), credentials);
    assertThat(command.getFirst())
        .matches("/nix/store/[a-z0-9]{32}-synapse-core-[^/]+/bin/synapse");
    assertThat(command).contains(store);
    Process server =
        Flakes.program(command.subList(1, command.size()))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (BufferedReader printed =
        new BufferedReader(
            new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8))) {
      String address = printed.readLine();
      assertThat(address).startsWith("http://127.0.0.1:");
      HttpResponse<String> answer =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(URI.create(address + "/nix-cache-info")).build(),
                  HttpResponse.BodyHandlers.ofString());
      assertThat(answer.body()).contains("StoreDir: /nix/store\n", "Priority: 17\n");
    } finally {
      server.destroy();
    }
    assertThat(server.waitFor()).isEqualTo(service.get("SuccessExitStatus").get(0).asInt());
  }

  /// The words of a command in a unit: quotes, `\`, `%%`, `$$`, and `%d` for the credentials.
  private static List<String> words(String command, Path credentials) {
    List<String> words = new ArrayList<>();
    Matcher matcher = Pattern.compile("\"((?:\\\\.|[^\"\\\\])*)\"|(\\S+)").matcher(command);
    while (matcher.find()) {
      String word =
          matcher.group(1) == null
              ? matcher.group(2)
              : matcher.group(1).replaceAll("\\\\(.)", "$1");
      words.add(word.replace("%d/", credentials + "/").replace("%%", "%").replace("$$", "$"));
    }
    return words;
  }
}
