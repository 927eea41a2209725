import type { CompletedCommand, CompletedFlag } from './tree.js';

/** Names that the command is installed by. */
const PROGRAMS = ['datum', 'datum-explain'] as const;

/** Shells that there are scripts for, each with how it is made and where one puts it. */
export const SHELLS: Readonly<Record<string, (commands: readonly CompletedCommand[]) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

const NESTED = (commands: readonly CompletedCommand[]): string[] =>
  commands.filter(({ path, words }) => path.length === 1 && words.length > 0).map(({ path }) => path[0] ?? '');

/** Commands at the top. */
function topWords(commands: readonly CompletedCommand[]): string {
  return commands
    .filter(({ path }) => path.length === 1)
    .map(({ path }) => path.join(' '))
    .join(' ');
}

/** `case` branches: what may stand after a command, and as the value of a flag. */
function branches(commands: readonly CompletedCommand[]): { words: string; values: string } {
  const words: string[] = [];
  const values: string[] = [];
  for (const { path, flags, behind, words: own } of commands) {
    const key = path.join(' ');
    for (const [which, list, more] of [
      [key, flags, own],
      [`${key} --`, behind, []],
    ] as const) {
      if (list.length === 0) continue;
      words.push(`    '${which}') choices='${[...more, ...list.flatMap(({ names }) => names)].join(' ')}' ;;`);
      for (const { names, takesValue, words: taken } of list) {
        if (!takesValue) continue;
        values.push(
          `    ${names.map((name) => `'${which} ${name}'`).join('|')}) value=1 choices='${taken.join(' ')}' ;;`,
        );
      }
    }
  }
  return { words: words.join('\n'), values: values.join('\n') };
}

/**
 * What both shells do: finds the command that is typed, whether the word before is a flag that takes a value, and sets
 * `choices` to what may stand here. `value` is 1 where a flag's value is typed.
 *
 * @param typed the words before the one that is typed, as the shell calls them
 */
function finding(commands: readonly CompletedCommand[], typed: string): string {
  const { words, values } = branches(commands);
  return `  local command='' prev='' word choices='${topWords(commands)} --help --version' value=0
  for word in ${typed}; do
    prev=$word
    if [[ $command == *' --' ]]; then continue; fi
    if [[ $word == -- ]]; then
      if [[ -n $command ]]; then command="$command --"; fi
    elif [[ $word == -* ]]; then
      continue
    elif [[ -z $command ]]; then
      command=$word
    else
      case "$command $word" in
${
  commands
    .filter(({ path }) => path.length > 1)
    .map(({ path }) => `        '${path.join(' ')}') command="$command $word" ;;`)
    .join('\n') || '        "") ;;'
}
      esac
    fi
  done
  case "$command" in
${words}
    ?*) choices='' ;;
  esac
  case "$command $prev" in
${values}
  esac`;
}

function bashScript(commands: readonly CompletedCommand[]): string {
  return `# Completion of datum for bash: eval "$(datum completion bash)"
_datum() {
  local cur=\${COMP_WORDS[COMP_CWORD]}
${finding(commands, '"${COMP_WORDS[@]:1:COMP_CWORD-1}"')}
  # Flags only behind a dash, and the methods of explain once they are begun: where nothing fits, bash offers files.
  if [[ $cur != -* && $value == 0 ]]; then
    local plain=''
    for word in $choices; do if [[ $word != -* ]]; then plain="$plain $word"; fi; done
    choices=$plain
    if [[ $command == explain && -z $cur ]]; then choices=''; fi
  fi
  COMPREPLY=($(compgen -W "$choices" -- "$cur"))
}
complete -o default -F _datum ${PROGRAMS.join(' ')}
`;
}

function zshScript(commands: readonly CompletedCommand[]): string {
  const typed = '"${(@)typed}"';
  return `#compdef ${PROGRAMS.join(' ')}
# Completion of datum for zsh: source <(datum completion zsh)
_datum() {
  # The words before the one that is typed; zsh calls all of them words.
  local -a typed=("\${(@)words[2,CURRENT-1]}")
  _datum_words
}
_datum_words() {
${finding(commands, typed)}
  local -a offered=(\${=choices})
  if [[ $value == 1 && -z $choices ]]; then
    _files
  elif [[ $PREFIX == -* || $value == 1 || -z $command ]]; then
    compadd -- $offered
  else
    compadd -- \${offered:#-*}
    _files
  fi
}
compdef _datum ${PROGRAMS.join(' ')}
`;
}

function fishScript(commands: readonly CompletedCommand[]): string {
  const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  const nested = NESTED(commands);
  const lines = PROGRAMS.flatMap((program) => [
    ...commands.map(({ path, description }) => {
      const above = path.slice(0, -1);
      const condition =
        above.length === 0
          ? '__fish_use_subcommand'
          : `__fish_seen_subcommand_from ${above.join(' ')}; and test (count (commandline -opc)) -eq 2`;
      return `complete -c ${program} -n ${quoted(condition)} -f -a ${quoted(path.at(-1) ?? '')} -d ${quoted(description)}`;
    }),
    ...commands.flatMap(({ path, flags, behind, words, description }) => {
      const seen = path.map((word) => `__fish_seen_subcommand_from ${word}`).join('; and ');
      const line = (after: string, { names, takesValue, words: taken, description: what }: CompletedFlag): string => {
        // fish takes one-letter flags and long ones; old-style ones of several letters are its -o.
        const called = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
        const value = takesValue ? (taken.length > 0 ? ` -x -a ${quoted(taken.join(' '))}` : ' -r') : '';
        return `complete -c ${program} -n ${quoted(`${seen}${after}`)} ${called.join(' ')}${value} -d ${quoted(what)}`;
      };
      const own = path.length === 1 && !nested.includes(path[0] ?? '') ? [] : words;
      const plain = own.filter((word) => !commands.some((one) => one.path.join(' ') === [...path, word].join(' ')));
      return [
        ...plain.map(
          (word) => `complete -c ${program} -n ${quoted(seen)} -f -a ${quoted(word)} -d ${quoted(description)}`,
        ),
        ...flags.map((flag) => line('; and not contains -- -- (commandline -opc)', flag)),
        ...behind.map((flag) => line('; and contains -- -- (commandline -opc)', flag)),
      ];
    }),
  ]);
  return `# Completion of datum for fish: datum completion fish | source\n${lines.join('\n')}\n`;
}
