import { Anchor, Paper, Stack, Text, Title } from '@mantine/core';
import { Link } from 'react-router-dom';
import type { PageAccess, Workspace } from '../../../api.ts';
import { mayIn } from '../membership.ts';
import { becauseText } from './because.ts';
import { GrantForm } from './grant-form.tsx';
import { PageKey } from './page-key.tsx';
import { AccessMark } from './page-tree.tsx';

interface PagePanelProps {
  readonly workspace: Workspace;
  /** The principal whose access is shown; empty for the reader's own. */
  readonly principal: string;
  readonly page: PageAccess;
}

/** One page: what the chosen person or agent may do there, and what can be done about it. */
export function PagePanel({ workspace, principal, page }: PagePanelProps) {
  const title = page.title === '' ? 'Untitled' : page.title;
  return (
    <Paper withBorder p="md" component="section" aria-label={`Permissions on ${title}`}>
      <Stack gap="md">
        <Stack gap={4}>
          <Title order={3} size="h5" className="hostile">
            {title}
          </Title>
          <AccessMark page={page} />
          <Text size="sm">
            {page.actions.length === 0 ? 'Nothing is allowed here: ' : `Allowed: ${page.actions.join(', ')}. Reading: `}
            {becauseText(page.because)}.
          </Text>
          {mayIn(workspace, 'grants') && (
            <Anchor component={Link} size="sm" to={`/workspaces/${workspace.id}/reviews?page=${page.id}`}>
              Who else may read this page?
            </Anchor>
          )}
        </Stack>
        {mayIn(workspace, 'grants') && <GrantForm workspace={workspace} principal={principal} page={page} />}
        <PageKey workspace={workspace} page={page} />
      </Stack>
    </Paper>
  );
}
