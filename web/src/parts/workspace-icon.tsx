import { Avatar } from '@mantine/core';

/**
 * The workspace's emoji, or its initial. Notion may also name an address of an image here: it is never loaded, because
 * that would tell a stranger who looks at the dashboard (and the content security policy would refuse it).
 */
export function WorkspaceIcon({
  workspace,
}: {
  readonly workspace: { readonly name: string; readonly icon: string | null };
}) {
  const initial = Array.from(workspace.name.trim())[0]?.toUpperCase() ?? '?';
  const emoji = workspace.icon !== null && /^\p{Extended_Pictographic}/u.test(workspace.icon) ? workspace.icon : null;
  return (
    <Avatar radius="md" color="indigo" aria-hidden="true">
      {emoji ?? initial}
    </Avatar>
  );
}
