import type { DecidedCall } from '../../domain/decided-call.ts';

/** Some endpoints have limits of their own, which Notion does not publish: each process remembers until when. */
export function createEndpointBlocks(monotonicMs: () => number) {
  const blockedUntilMs = new Map<string, number>();
  const keyOf = ({ call, facts }: DecidedCall) => `${facts.workspaceId} ${facts.connection?.id} ${call.operation.name}`;
  return {
    block(decided: DecidedCall, ms: number): void {
      const key = keyOf(decided);
      blockedUntilMs.set(key, Math.max(monotonicMs() + ms, blockedUntilMs.get(key) ?? 0));
    },
    blockedForMs(decided: DecidedCall): number {
      // Hardly ever is there one; then not even the key is made.
      if (blockedUntilMs.size === 0) return 0;
      return Math.max(0, (blockedUntilMs.get(keyOf(decided)) ?? 0) - monotonicMs());
    },
    dropEnded(): void {
      for (const [key, untilMs] of blockedUntilMs) if (untilMs <= monotonicMs()) blockedUntilMs.delete(key);
    },
  };
}
