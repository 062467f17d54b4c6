import { spawn } from 'node:child_process';
import type { Command } from './command.ts';
import { programFile } from './program.ts';

export const emulator: Command = {
  name: 'emulator',
  summary: 'Run the Notion emulator by itself.',
  parameters: [],
  options: {
    port: { takes: 'PORT', doc: 'port to listen on; 0 means any free port' },
    host: {
      takes: 'ADDRESS',
      doc: 'address to listen on instead of 127.0.0.1; every client that reaches it can use this Notion, but not control it',
    },
    'state-dir': { takes: 'DIR', doc: 'directory to keep its state in; without it, state ends with the process' },
    'ready-file': { takes: 'FILE', doc: 'write its address and credentials to this file, as JSON, when it is ready' },
    seed: { takes: 'NAME', doc: 'what it starts with: acme, which is small, or company, of some 300 pages' },
    pages: { takes: 'NUMBER', doc: 'adds so many generated pages, up to a million' },
    'redirect-uri': { takes: 'URL', doc: 'where its integration may send people after consent' },
  },
  notes: 'Useful on its own: point an official Notion SDK at the address that it prints.',
  async run({ options }) {
    const flags = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
    // A process of its own: the gateway and its stand-in for Notion share no code and no memory.
    const child = spawn(process.execPath, [programFile('emulator/main.ts'), ...flags], { stdio: 'inherit' });
    const pass = (signal: NodeJS.Signals) => void child.kill(signal);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, pass);
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) => resolve(signal === null ? (code ?? 0) : 0));
    });
  },
};
