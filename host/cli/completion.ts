import { Argument, type Command, type Option } from "commander";
import { DECODERS } from "../results/decoders.ts";
import { TARGETS } from "../targets.ts";

// Scripts that complete nolfet's commands, options and their values in a shell. All three come from the
// program itself, so that a new option needs no line here.

const SHELLS: Record<string, (commands: CommandWords[]) => string> = { bash, zsh, fish };

/** Values of options that have no fixed choices for the parser, by the option's long name. */
const VALUES: Record<string, string[]> = {
  "--target": TARGETS.flatMap(({ name, aliases }) => [name, ...aliases]),
  "--decoder": DECODERS.map(({ name }) => name),
  "--device": ["auto", "emulator"],
};

export function addCompletion(program: Command): void {
  program
    .command("completion")
    .description("print a script that completes commands in a shell")
    .addArgument(new Argument("<shell>", "which shell").choices(Object.keys(SHELLS)))
    .addHelpText("after", HOW)
    .action((shell: string) => {
      process.stdout.write(SHELLS[shell]?.(wordsOf(program)) ?? "");
    });
}

const HOW = `
bash: nolfet completion bash > ~/.local/share/bash-completion/completions/nolfet
zsh:  nolfet completion zsh > a folder of $fpath/_nolfet
fish: nolfet completion fish > ~/.config/fish/completions/nolfet.fish`;

interface CommandWords {
  name: string;
  description: string;
  options: OptionWords[];
}

interface OptionWords {
  /** "-t" and "--target". */
  flags: string[];
  description: string;
  takesValue: boolean;
  /** What the value may be; empty where it is a file or free. */
  values: string[];
}

function wordsOf(program: Command): CommandWords[] {
  return program.commands.map((command) => ({
    name: command.name(),
    description: command.description(),
    options: command.options.filter(({ hidden }) => !hidden).map(optionWords),
  }));
}

function optionWords({ short, long, description, required, optional, argChoices }: Option) {
  return {
    flags: [short, long].filter((flag) => flag !== undefined),
    description,
    takesValue: required || optional,
    values: argChoices ?? VALUES[long ?? ""] ?? [],
  };
}

/** Options of any command that have values to choose from, each once. */
function choosing(commands: CommandWords[]): OptionWords[] {
  const options = commands.flatMap(({ options }) => options);
  return options.filter(
    ({ flags, values }, i) =>
      values.length > 0 && options.findIndex((one) => one.flags.at(-1) === flags.at(-1)) === i,
  );
}

function bash(commands: CommandWords[]): string {
  const values = choosing(commands).map(
    ({ flags, values }) => `    ${flags.join("|")}) words="${values.join(" ")}" ;;`,
  );
  const options = commands.map(
    ({ name, options }) =>
      `      ${name}) words="${options.flatMap(({ flags }) => flags).join(" ")} --help" ;;`,
  );
  return `_nolfet() {
  local word=\${COMP_WORDS[COMP_CWORD]} words=
  COMPREPLY=()
  case \${COMP_WORDS[COMP_CWORD - 1]} in
${values.join("\n")}
  esac
  if [[ -z $words && $COMP_CWORD == 1 ]]; then
    words="${commands.map(({ name }) => name).join(" ")} --help --version"
  elif [[ -z $words && $word == -* ]]; then
    case \${COMP_WORDS[1]} in
${options.join("\n")}
    esac
  fi
  [[ -n $words ]] && COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _nolfet nolfet
`;
}

function zsh(commands: CommandWords[]): string {
  const names = commands.map(
    ({ name, description }) => `    ${quoted(`${name}:${description.replaceAll(":", "\\:")}`)}`,
  );
  return `#compdef nolfet
_nolfet() {
  local -a commands=(
${names.join("\n")}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  case $words[2] in
${commands.map(zshCommand).join("\n")}
  esac
}
if [[ $funcstack[1] == _nolfet ]]; then _nolfet "$@"; else compdef _nolfet nolfet; fi
`;
}

function zshCommand({ name, options }: CommandWords): string {
  const specs = options.map(({ flags, description, takesValue, values }) => {
    const told = `[${description.replace(/[[\]:\\]/g, "\\$&")}]`;
    const choice = values.length > 0 ? `(${values.join(" ")})` : "_files";
    const value = takesValue ? `:value:${choice}` : "";
    return flags.map((flag) => quoted(`*${flag}${told}${value}`)).join(" ");
  });
  return `    ${name}) _arguments -s ${[...specs, "'*:file:_files'"].join(" \\\n      ")} ;;`;
}

function fish(commands: CommandWords[]): string {
  const lines = commands.flatMap(({ name, description, options }) => [
    `complete -c nolfet -n __fish_use_subcommand -f -a ${name} -d ${quotedForFish(description)}`,
    ...options.map((option) => {
      const flags = option.flags.map((flag) =>
        flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`,
      );
      const { values, takesValue } = option;
      const chosen = values.length > 0 ? ` -x -a ${quotedForFish(values.join(" "))}` : " -r";
      const value = takesValue ? chosen : "";
      const told = `-d ${quotedForFish(option.description)}`;
      return `complete -c nolfet -n '__fish_seen_subcommand_from ${name}' ${flags.join(" ")}${value} ${told}`;
    }),
  ]);
  return `${lines.join("\n")}\n`;
}

/** In single quotes, which zsh ends with a quote, whatever comes before. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function quotedForFish(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}
