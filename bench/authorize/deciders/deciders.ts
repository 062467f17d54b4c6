import type { Decider } from './decider.ts';

/** How each is loaded: a process has only the one that it measures. */
export const deciders = {
  Portcullis: async () => (await import('./portcullis.ts')).byTree,
  'Portcullis by path': async () => (await import('./portcullis.ts')).byPath,
  CASL: async () => (await import('./casl.ts')).casl,
  casbin: async () => (await import('./casbin.ts')).casbin,
  'cedar-wasm': async () => (await import('./cedar.ts')).cedar,
} satisfies Record<string, () => Promise<Decider>>;

export type DeciderName = keyof typeof deciders;
