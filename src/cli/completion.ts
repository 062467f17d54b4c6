import type { Command, CommandTable } from './command.ts';
import { createCommandLine } from './command-line.ts';
import { bashScript } from './completion/bash.ts';
import { fishScript } from './completion/fish.ts';
import { completionPoints } from './completion/points.ts';
import { zshScript } from './completion/zsh.ts';

export const shells = ['bash', 'zsh', 'fish'] as const;

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript };

const toLoad = {
  bash: 'To load it, put this line into ~/.bashrc: source <(portcullis completion bash)',
  zsh: 'To load it, put this line into ~/.zshrc, below compinit: source <(portcullis completion zsh)',
  fish: 'To load it: portcullis completion fish > ~/.config/fish/completions/portcullis.fish',
};

/** `completion bash` and the others. The table is read when the command runs, because it contains this command too. */
export function completionFor(shell: (typeof shells)[number], table: () => CommandTable): Command {
  return {
    name: `completion ${shell}`,
    summary: `Print the completion script for ${shell}.`,
    parameters: [],
    options: {},
    notes: toLoad[shell],
    async run({ terminal }) {
      terminal.out(scripts[shell](completionPoints(createCommandLine(table()))).trimEnd());
      return 0;
    },
  };
}
