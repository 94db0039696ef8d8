# Questions about permissions and the answers there have to be: { question, is, expected } each.
permissions:

let
  inherit (permissions) agentPermissions getAgentsWithPermission getPermissions getTemplatesWithPermission
    hasPermission isMinimal templatePermissions validatePermissions violations;

  specialists = [ "golang-specialist" "python-specialist" "rust-specialist" "typescript-specialist" ];
  sort = builtins.sort builtins.lessThan;
  everybody = builtins.attrNames agentPermissions;

  ask = question: is: expected: { inherit question is expected; };
in
[
  (ask "the permissions there are" permissions.permissions [ "read" "write" "execute" "network" "knowledge" "orchestrate" ])
  (ask "the version of the tables" permissions.version "1.0.0")

  (ask "file_creator" templatePermissions.file_creator [ "read" "write" ])
  (ask "data_processor" templatePermissions.data_processor [ "read" "write" "knowledge" ])
  (ask "crypto_trading" templatePermissions.crypto_trading [ "read" "write" "network" "knowledge" ])
  (ask "api_integration" templatePermissions.api_integration [ "read" "write" "network" "orchestrate" ])

  (ask "how many agents" (builtins.length everybody) 17)
  (ask "boss" agentPermissions.boss [ "read" "write" "execute" "orchestrate" "knowledge" ])
  (ask "devops-engineer" agentPermissions.devops-engineer [ "read" "write" "execute" "network" ])
  (ask "architect" agentPermissions.architect [ "read" "write" "knowledge" ])
  (ask "docs-writer" agentPermissions.docs-writer [ "read" "write" "knowledge" ])
  (ask "specialists" (map (name: agentPermissions.${name}) specialists)
    (map (_: [ "read" "write" "knowledge" ]) specialists))
  (ask "git-workflow" agentPermissions.git-workflow [ "read" "write" "execute" ])
  (ask "security-specialist" agentPermissions.security-specialist [ "read" "execute" ])
  (ask "test-runner" agentPermissions.test-runner [ "read" "execute" ])
  (ask "tool-runner" agentPermissions.tool-runner [ "read" "execute" ])
  (ask "code-hound" agentPermissions.code-hound [ "read" "knowledge" ])
  (ask "clarity-judge" agentPermissions.clarity-judge [ "read" "knowledge" ])
  (ask "file-creator" agentPermissions.file-creator [ "read" "write" ])
  (ask "ux-designer" agentPermissions.ux-designer [ "read" "write" ])
  (ask "Pneuma" agentPermissions.Pneuma [ "knowledge" "orchestrate" ])

  (ask "has what it declares" (hasPermission "file_creator" "write") true)
  (ask "has not what it does not declare" (hasPermission "file_creator" "network") false)
  (ask "an agent has" (hasPermission "boss" "orchestrate") true)
  (ask "an agent has not" (hasPermission "boss" "network") false)
  (ask "nobody has" (hasPermission "nobody" "read") false)
  (ask "nobody's permissions" (getPermissions "nobody") [ ])
  (ask "of a template" (getPermissions "data_processor") [ "read" "write" "knowledge" ])
  (ask "of an agent" (getPermissions "Pneuma") [ "knowledge" "orchestrate" ])

  (ask "none is minimal" (isMinimal [ ]) true)
  (ask "four is minimal" (isMinimal [ "read" "write" "execute" "network" ]) true)
  (ask "five is not" (isMinimal [ "read" "write" "execute" "network" "knowledge" ]) false)
  (ask "one that is there twice counts twice" (isMinimal [ "read" "read" "read" "read" "read" ]) false)

  (ask "templates that execute" (getTemplatesWithPermission "execute") [ ])
  (ask "templates with network" (getTemplatesWithPermission "network") [ "api_integration" "crypto_trading" ])
  (ask "templates with knowledge" (getTemplatesWithPermission "knowledge") [ "crypto_trading" "data_processor" ])
  (ask "templates that orchestrate" (getTemplatesWithPermission "orchestrate") [ "api_integration" ])
  (ask "templates that write" (getTemplatesWithPermission "write")
    [ "api_integration" "crypto_trading" "data_processor" "file_creator" ])
  (ask "templates that read" (getTemplatesWithPermission "read")
    [ "api_integration" "crypto_trading" "data_processor" "file_creator" ])
  (ask "templates with what there is not" (getTemplatesWithPermission "fly") [ ])

  (ask "agents that execute" (getAgentsWithPermission "execute")
    [ "boss" "devops-engineer" "git-workflow" "security-specialist" "test-runner" "tool-runner" ])
  (ask "agents with network" (getAgentsWithPermission "network") [ "devops-engineer" ])
  (ask "agents with knowledge, capitals first" (getAgentsWithPermission "knowledge")
    ([ "Pneuma" ] ++ sort ([ "architect" "boss" "clarity-judge" "code-hound" "docs-writer" ] ++ specialists)))
  (ask "agents that orchestrate" (getAgentsWithPermission "orchestrate") [ "Pneuma" "boss" ])
  (ask "agents that write" (getAgentsWithPermission "write")
    (sort ([ "architect" "boss" "devops-engineer" "docs-writer" "file-creator" "git-workflow" "ux-designer" ] ++ specialists)))
  (ask "agents that read" (getAgentsWithPermission "read") (builtins.filter (name: name != "Pneuma") everybody))
  (ask "agents with what there is not" (getAgentsWithPermission "fly") [ ])

  (ask "has all that is required" (validatePermissions "git-workflow" [ "execute" "read" ]) true)
  (ask "nothing is required" (validatePermissions "nobody" [ ]) true)
  (ask "lacks what is required" (builtins.tryEval (validatePermissions "code-hound" [ "read" "write" ])).success false)

  (ask "who breaks the rule" (builtins.attrNames violations) [ "boss" ])
  (ask "how" violations.boss
    "'boss' has 5 permissions (read, write, execute, orchestrate, knowledge), at most 4 are allowed")
]
