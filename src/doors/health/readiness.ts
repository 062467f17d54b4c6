import { secondMs } from '../../domain/units.ts';

/** Something that is needed to answer calls, at once or soon. */
export interface ReadinessCheck {
  /** As the answer of `/readyz` names it. */
  readonly name: string;
  /** Throws, or answers false, when it is not there. */
  readonly holds: () => Promise<boolean> | boolean;
  /** Called if the check fails: whether calls are answered for a while anyway. */
  readonly isBridged?: () => boolean;
}

export interface Readiness {
  readonly status: 'ready' | 'degraded' | 'not_ready';
  /** Names of the failing checks. No text of an error is passed on, because strangers can read this. */
  readonly failing: readonly string[];
}

/** How long one check may take, and for how long its result is good: asking often must not be a burden. */
const checkMsMax = 2 * secondMs;
const goodForMs = secondMs;

export function createReadiness(
  checks: readonly ReadinessCheck[],
  monotonicMs: () => number,
): () => Promise<Readiness> {
  let last: { readonly atMs: number; readonly readiness: Promise<Readiness> } | null = null;
  return () => {
    if (last === null || monotonicMs() - last.atMs > goodForMs) {
      last = { atMs: monotonicMs(), readiness: look(checks) };
    }
    return last.readiness;
  };
}

async function look(checks: readonly ReadinessCheck[]): Promise<Readiness> {
  const holding = await Promise.all(checks.map(check => inTime(check).catch(() => false)));
  const failing = checks.filter((_, index) => !holding[index]);
  const bridged = failing.every(({ isBridged }) => isBridged?.() === true);
  const status = failing.length === 0 ? 'ready' : bridged ? 'degraded' : 'not_ready';
  return { status, failing: failing.map(({ name }) => name) };
}

async function inTime({ holds }: ReadinessCheck): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>(resolve => {
    timer = setTimeout(() => resolve(false), checkMsMax).unref();
  });
  try {
    return await Promise.race([holds(), late]);
  } finally {
    clearTimeout(timer);
  }
}
