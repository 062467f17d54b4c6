import { readFile } from 'node:fs/promises';
import { environment } from '../config/config.ts';
import { audit } from './audit.ts';
import { auditDeployment } from './audit-deployment.ts';
import { auditExport } from './audit-export.ts';
import type { Command, Terminal } from './command.ts';
import { dbAcknowledgeRestore } from './db-acknowledge-restore.ts';
import { dbDump } from './db-dump.ts';
import { dbMigrate } from './db-migrate.ts';
import { dbRestore } from './db-restore.ts';
import { demo } from './demo.ts';
import { discover } from './discover.ts';
import { doctor } from './doctor.ts';
import { emulator } from './emulator.ts';
import { helpAbout, helpTopic } from './help.ts';
import { invitationsList } from './invitations.ts';
import { keysStatus, keysVerify } from './keys-look.ts';
import { keysPromote, keysRewrap, keysStage, keysWithdraw } from './keys-root.ts';
import { keysDestroy, keysRetire, keysRotate } from './keys-workspace.ts';
import { findCommand, parseInvocation } from './parse.ts';
import { report } from './report.ts';
import { reportAccess } from './report-access.ts';
import { serve } from './serve.ts';
import { environmentOf } from './settings-file.ts';
import { usersSignInLink } from './users-sign-in-link.ts';
import {
  webhooksAdd,
  webhooksKeptAside,
  webhooksList,
  webhooksRemove,
  webhooksReset,
  webhooksToken,
} from './webhooks.ts';

/** Every command, in the order in which help lists them. */
export const commands: readonly Command[] = [
  demo,
  serve,
  emulator,
  audit,
  auditExport,
  auditDeployment,
  discover,
  reportAccess,
  invitationsList,
  usersSignInLink,
  webhooksList,
  webhooksAdd,
  webhooksToken,
  webhooksReset,
  webhooksRemove,
  webhooksKeptAside,
  doctor,
  dbMigrate,
  dbDump,
  dbRestore,
  dbAcknowledgeRestore,
  keysStatus,
  keysVerify,
  keysStage,
  keysWithdraw,
  keysPromote,
  keysRewrap,
  keysRotate,
  keysRetire,
  keysDestroy,
];

/** Runs one command line. Answers with the exit code; never throws. */
export async function main(words: readonly string[], terminal: Terminal = processTerminal()): Promise<number> {
  try {
    return await dispatch(words, terminal);
  } catch (error) {
    const { lines, exitCode } = report(error);
    for (const line of lines) terminal.err(line);
    return exitCode;
  }
}

async function dispatch(words: readonly string[], terminal: Terminal): Promise<number> {
  const topic = helpTopic(words);
  if (topic !== null) {
    terminal.out(helpAbout(commands, topic));
    return 0;
  }
  if (words[0] === '--version' || words[0] === '-V') {
    terminal.out(await version());
    return 0;
  }
  const { command, rest } = findCommand(commands, words);
  const invocation = { ...parseInvocation(command, rest), terminal };
  return command.run({ ...invocation, terminal: { ...terminal, env: await environmentOf(invocation) } });
}

async function version(): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
  return String((manifest as { version: string }).version);
}

function processTerminal(): Terminal {
  const watched = process.stderr.isTTY;
  // A reader that has seen enough (`| head`) closes the pipe. That is no reason to fail, and none to stop a gateway.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignoreClosedPipe);
  return {
    env: environment,
    out: line => void process.stdout.write(`${line}\n`),
    err: line => void process.stderr.write(`${line}\n`),
    // Carriage return and "erase to the end of the line" (ECMA-48 section 8.3.41).
    progress: line => void (watched && process.stderr.write(`\r\u001b[K${line}`)),
  };
}

function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
