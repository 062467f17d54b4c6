import { fromFile, keyOption, pinnedKey, sayVerdict } from './audit-verdict.ts';
import type { Command } from './command.ts';

export const auditConsistency: Command = {
  name: 'audit consistency',
  summary: 'Check that a newer bundle of the log continues an older one, or a checkpoint.',
  parameters: ['OLDER', 'NEWER'],
  options: keyOption,
  notes: 'OLDER is a bundle or a checkpoint that you kept, NEWER a bundle of the same log. Exits as audit verify does.',
  async run(invocation) {
    const { OLDER: older = '', NEWER: newer = '' } = invocation.parameters;
    const key = pinnedKey(invocation);
    // Loaded here, because most commands need none of it.
    const { verifyConsistency } = await import('../operator/proofs/verify-file.ts');
    const found = await fromFile(verifyConsistency({ older, newer }, key));
    const codes = found.map(({ path, verdict }) => sayVerdict(invocation.terminal, path, verdict, { key }));
    return Math.max(...codes);
  },
};
