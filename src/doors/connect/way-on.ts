import type { WorkspaceId } from '../../domain/ids.ts';
import type { ConnectKind } from './connect-commands.ts';

/** The target of a page's link. Every path is built here, so no request can make it lead to another site. */
export interface WayOn {
  readonly path: string;
  readonly label: string;
}

export const toDashboard: WayOn = { path: '/workspaces', label: 'Go to the list of workspaces' };

/** To the sign-in page, and from there on to `next`. */
export function toSignIn(next: string): WayOn {
  return { path: `/sign-in?next=${encodeURIComponent(next)}`, label: 'Sign in' };
}

const starts: Readonly<Record<ConnectKind, string>> = { rest: '/auth/notion', mcp: '/auth/notion-mcp' };

/** Where connecting starts: anew, or for a workspace that is connected already. */
export function startPath(kind: ConnectKind, target: WorkspaceId | null): string {
  return target === null ? starts[kind] : `${starts[kind]}?workspace=${target}`;
}
