# The functions of nixpkgs' lib that the flakes and the module use, with the meaning they have there.
let
  lib = rec {
    inherit (builtins) any concatMap concatStringsSep elem filter genList hasAttr isAttrs isList length replaceStrings;

    mapAttrsToList = make: attrs: map (name: make name attrs.${name}) (builtins.attrNames attrs);
    nameValuePair = name: value: { inherit name value; };
    mapAttrs' = make: attrs: builtins.listToAttrs (mapAttrsToList make attrs);
    attrValues = builtins.attrValues;
    genAttrs = names: make: builtins.listToAttrs (map (name: { inherit name; value = make name; }) names);
    filterAttrs = keep: attrs:
      builtins.listToAttrs (concatMap (name: if keep name attrs.${name} then [{ inherit name; value = attrs.${name}; }] else [ ])
        (builtins.attrNames attrs));
    optional = wanted: value: if wanted then [ value ] else [ ];
    optionals = wanted: values: if wanted then values else [ ];
    optionalAttrs = wanted: attrs: if wanted then attrs else { };
    optionalString = wanted: text: if wanted then text else "";
    subtractLists = taken: filter (each: !elem each taken);
    imap0 = make: list: genList (index: make index (builtins.elemAt list index)) (length list);
    concatMapStringsSep = separator: make: list: concatStringsSep separator (map make list);
    hasPrefix = prefix: text: builtins.substring 0 (builtins.stringLength prefix) text == prefix;
    hasInfix = infix: text: length (builtins.split (escapeRegex infix) text) > 1;
    escapeRegex = replaceStrings (chars "\\[{()^$?*+|.") (map (each: "\\" + each) (chars "\\[{()^$?*+|."));
    chars = text: genList (index: builtins.substring index 1 text) (builtins.stringLength text);
    escapeShellArg = text: "'${replaceStrings [ "'" ] [ "'\\''" ] (toString text)}'";
    escapeShellArgs = list: concatMapStringsSep " " escapeShellArg list;
    makeBinPath = packages: concatMapStringsSep ":" (each: "${each}/bin") packages;
    getLicenseFromSpdxId = id: { spdxId = id; };
    recursiveUpdate = left: right:
      left // builtins.mapAttrs
        (name: value: if isAttrs value && isAttrs (left.${name} or null) then recursiveUpdate left.${name} value else value)
        right;

    mkIf = condition: content: { _type = "if"; inherit condition content; };
    mkMerge = contents: { _type = "merge"; inherit contents; };
    mkDefault = content: { _type = "default"; inherit content; };
    mkOption = description: { _type = "option"; } // description;

    types =
      let
        # `merge` is given at least one definition.
        type = name: check: { inherit name check; merge = where: values: only where values; };
        only = where: values:
          if builtins.all (each: each == builtins.head values) values then builtins.head values
          else throw "The option `${where}' has conflicting definition values";
      in
      {
        bool = type "boolean" builtins.isBool;
        str = type "string" builtins.isString;
        path = type "absolute path" (value: builtins.isPath value || builtins.isString value && hasPrefix "/" value);
        port = type "16 bit unsigned integer" (value: builtins.isInt value && 0 <= value && value <= 65535);
        ints.between = least: most:
          type "integer between ${toString least} and ${toString most}" (value: builtins.isInt value && least <= value && value <= most);
        package = type "package" (value: isAttrs value && value ? outPath);
        anything = type "anything" (value: true);
        enum = values: type "one of ${toString values}" (value: elem value values);
        strMatching = pattern: type "string matching ${pattern}" (value: builtins.isString value && builtins.match pattern value != null);
        nullOr = inner: inner // {
          name = "null or ${inner.name}";
          check = value: value == null || inner.check value;
        };
        listOf = inner: {
          name = "list of ${inner.name}";
          check = value: isList value && builtins.all inner.check value;
          merge = where: values: builtins.concatLists values;
        };
        attrs = {
          name = "attribute set";
          check = isAttrs;
          merge = where: builtins.foldl' recursiveUpdate { };
        };
      };

    # Options and definitions of some modules, put together: without submodules, priorities other than mkDefault, or
    # options of options.
    evalModules = { modules, specialArgs ? { } }:
      let
        arguments = { inherit lib config options; } // specialArgs;

        load = module:
          let
            loaded = if builtins.isPath module || builtins.isString module then import module else module;
            set = if builtins.isFunction loaded then loaded arguments else loaded;
            body = if set ? config || set ? options then set.config or { }
            else removeAttrs set [ "imports" "_file" ];
          in
          [{ options = set.options or { }; config = body; }] ++ concatMap load (set.imports or [ ]);

        loaded = concatMap load modules;

        options = builtins.foldl' recursiveUpdate { } (map (each: each.options) loaded);

        # mkIf and mkMerge, brought down to the definitions.
        pushed = definition:
          if (definition._type or null) == "merge" then concatMap pushed definition.contents
          else if (definition._type or null) == "if" then
            map (each: { condition = definition.condition && each.condition; inherit (each) value; }) (pushed definition.content)
          else [{ condition = true; value = definition; }];

        decide = path: declared: definitions:
          let
            where = concatStringsSep "." path;
            isOption = (declared._type or null) == "option";
            applied = concatMap (each: concatMap (inner: optional (each.condition && inner.condition) inner.value) (pushed each.value)) definitions;
            strong = filter (each: (each._type or null) != "default") applied;
            weak = map (each: each.content) (filter (each: (each._type or null) == "default") applied);
            values = if strong != [ ] then strong else weak;
            wrong = filter (each: !declared.type.check each) values;
            # Conditions go down with their definitions: one may ask for another option.
            inside = concatMap
              (each: map (inner: { condition = each.condition && inner.condition; inherit (inner) value; }) (pushed each.value))
              definitions;
            unknown = concatMap (each: filter (name: !(declared ? ${name})) (builtins.attrNames each.value)) inside;
          in
          if isOption then
            if wrong != [ ] then
              throw "A definition for option `${where}' is not of type `${declared.type.name}': ${builtins.toJSON (builtins.head wrong)}"
            else if values != [ ] then declared.type.merge where values
            else declared.default or (throw "The option `${where}' is used but not defined.")
          else if unknown != [ ] then throw "The option `${where}.${builtins.head unknown}' does not exist."
          else
            builtins.mapAttrs
              (name: inner: decide (path ++ [ name ]) inner
                (map (each: { inherit (each) condition; value = each.value.${name}; }) (filter (each: each.value ? ${name}) inside)))
              declared;

        config = decide [ ] options (map (each: { condition = true; value = each.config; }) loaded);
      in
      { inherit options config; };
  };
in
lib
