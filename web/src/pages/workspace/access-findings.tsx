import { Anchor, List, Stack, Text } from '@mantine/core';
import { Link } from 'react-router-dom';
import type { CapabilityFinding, ReportedConnection, Workspace } from '../../api.ts';
import { Mark, type MarkProps } from '../../parts/mark.tsx';

/** The verdicts on a capability (a Map: a verdict named `constructor` must find nothing). */
const marks: ReadonlyMap<string, MarkProps> = new Map<string, MarkProps>([
  ['missing', { label: 'Missing', icon: 'warning', tone: 'bad' }],
  ['excess', { label: 'Too much', icon: 'warning', tone: 'attention' }],
  ['spare', { label: 'Unused', icon: 'warning', tone: 'quiet' }],
  ['unknown', { label: 'Not known', icon: 'warning', tone: 'quiet' }],
  ['fits', { label: 'Fits', icon: 'allowed', tone: 'good' }],
]);

export function VerdictMark({ verdict }: { readonly verdict: string }) {
  return <Mark {...(marks.get(verdict) ?? { label: verdict, icon: 'warning', tone: 'quiet' })} />;
}

interface AccessFindingsProps {
  readonly workspace: Workspace;
  readonly reported: ReportedConnection;
}

/** Where a connection can do more or less at Notion than the workspace needs, and what to change there. */
export function AccessFindings({ workspace, reported }: AccessFindingsProps) {
  if (reported.reach === 'hosted_mcp') return null;
  const wrong = reported.capabilities.filter(({ verdict }) => verdict === 'missing' || verdict === 'excess');
  const unused = reported.capabilities.filter(({ verdict }) => verdict === 'spare').length;
  const unknown = reported.capabilities.filter(({ verdict }) => verdict === 'unknown').length;
  return (
    <Stack gap="xs" mt="md" component="section" aria-label="Access at Notion">
      <Text size="sm" fw={500}>
        {unknown === reported.capabilities.length
          ? 'Nothing is known yet of what it can do at Notion.'
          : summaryOf(wrong)}
      </Text>
      {wrong.length > 0 && (
        <List size="sm" spacing={6} listStyleType="none">
          {wrong.map(finding => (
            <List.Item key={finding.capability}>
              <VerdictMark verdict={finding.verdict} /> {finding.name}. {finding.advice}
            </List.Item>
          ))}
        </List>
      )}
      <Text size="sm" c="dimmed">
        {unused > 0 && `Unused: ${unused}. `}
        {unknown > 0 && unknown < reported.capabilities.length && `Not known yet: ${unknown} of its capabilities. `}
        <Anchor component={Link} to={`/workspaces/${encodeURIComponent(workspace.id)}/access`} size="sm">
          All about its access
        </Anchor>
      </Text>
    </Stack>
  );
}

function summaryOf(wrong: readonly CapabilityFinding[]): string {
  const excess = wrong.some(({ verdict }) => verdict === 'excess');
  const missing = wrong.some(({ verdict }) => verdict === 'missing');
  if (excess && missing) return 'It can do more at Notion than can be used here, and lacks something that is needed:';
  if (excess) return 'It can do more at Notion than can be used here:';
  if (missing) return 'It lacks something at Notion that is needed here:';
  return 'As far as is known, it can do what is needed here, and nothing more.';
}
