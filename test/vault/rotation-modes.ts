import type { RotationMode } from '../../emulator/oauth/rotation.ts';

/** What a rotated refresh token still does: for both kinds of connections the emulator knows the same beliefs. */
export const reuses: readonly RotationMode['reuse'][] = ['strict', 'previous_once', 'revoke_family'];

/** The settings that put both authorization servers of the emulator into one mode. */
export function rotating(reuse: RotationMode['reuse'], { revokeOldAccess = true } = {}) {
  const mode = { reuse, revokeOldAccess };
  return { rotation: mode, mcpRotation: mode };
}
