import { readKeysConfig } from '../config/config.ts';
import { printable } from '../domain/printable.ts';
import { hourMs } from '../domain/units.ts';
import { type Command, type Invocation, UsageError } from './command.ts';
import { operatorOptions, sayDatabase } from './operator-options.ts';

const refused = 6;

export const auditRotateKey: Command = {
  name: 'audit rotate-key',
  summary: 'Give the logs a new signing key; the old one signs beside it for a while.',
  parameters: [],
  options: {
    ...operatorOptions,
    'overlap-hours': { takes: 'HOURS', doc: 'how long both keys sign; default 168, a week' },
  },
  notes:
    'Works beside running gateways, on their database and with their root keys. Prints the new public key. A verifier that pinned the ' +
    'old one can use it until the overlap ends; a bundle of that time is signed by both, and so vouches for the new key. docs/log.md',
  async run(invocation) {
    const { terminal, settings } = invocation;
    const overlapMs = overlapOf(invocation);
    const config = readKeysConfig(terminal.env, settings);
    sayDatabase(config.database, invocation);
    // Loaded here, because most commands need none of it.
    const { rotateKeyOfLogs } = await import('../compose/log-key-task.ts');
    const rotation = await rotateKeyOfLogs(config, overlapMs, message => terminal.err(`warning: ${message}`));
    if (rotation.kind === 'rotated') {
      terminal.out(printable(rotation.publicKey));
      return 0;
    }
    terminal.err(`error: ${problems[rotation.kind]}`);
    return refused;
  },
};

const problems = {
  no_key: 'the logs have no key yet: a gateway makes it when it starts',
  overlapping: 'two keys sign already: wait until the overlap has ended',
} as const;

function overlapOf({ options }: Invocation): number {
  const hours = Number(options['overlap-hours'] ?? 168);
  if (Number.isFinite(hours) && hours >= 0 && hours <= 8_760) return hours * hourMs;
  throw new UsageError('--overlap-hours is not a time', 'give a number of hours, from 0 to 8760');
}
