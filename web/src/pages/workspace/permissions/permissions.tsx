import { SimpleGrid, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { PageAccess, Workspace } from '../../../api.ts';
import { Section } from '../../../parts/section.tsx';
import { mayIn } from '../membership.ts';
import { PrincipalSelect } from '../principal-select.tsx';
import { Draft } from './advice/draft.tsx';
import { Findings } from './advice/findings.tsx';
import { LesserRights } from './advice/lesser-rights.tsx';
import { GrantList } from './grant-list.tsx';
import { PagePanel } from './page-panel.tsx';
import { PageTree } from './page-tree.tsx';
import { DecisionTester } from './tester/decision-tester.tsx';

/** Who may do what on which page: the tree of pages for one principal, and the possible changes at each page. */
export function Permissions({ workspace }: { readonly workspace: Workspace }) {
  const [principal, setPrincipal] = useState('');
  const [tested, setTested] = useState('');
  const [chosen, setChosen] = useState<PageAccess | null>(null);
  return (
    <Stack gap="xl">
      <Section
        title="Pages"
        explanation="The pages that Portcullis has seen, with what a person or an agent may do on each, and why. Choose a page to change that."
      >
        <PrincipalSelect
          label="Access of"
          workspaceId={workspace.id}
          nobody="Yourself"
          value={principal}
          onChange={id => {
            setPrincipal(id);
            setChosen(null);
          }}
        />
        <SimpleGrid cols={{ base: 1, md: 2 }} spacing="xl">
          <PageTree workspaceId={workspace.id} principal={principal} chosen={chosen} onChoose={setChosen} />
          {chosen === null ? (
            <Text size="sm" c="dimmed">
              Choose a page in the tree.
            </Text>
          ) : (
            <PagePanel key={`${chosen.id} ${principal}`} workspace={workspace} principal={principal} page={chosen} />
          )}
        </SimpleGrid>
      </Section>
      <Section
        title="Test a decision"
        explanation="Ask the policy about a call that is not made. If you name no page, the page that is chosen in the tree counts."
      >
        <DecisionTester
          label="Test a decision"
          workspaceId={workspace.id}
          principal={tested}
          page={chosen}
          who={
            <PrincipalSelect
              label="Who"
              workspaceId={workspace.id}
              nobody="Yourself"
              value={tested}
              onChange={setTested}
            />
          }
        />
      </Section>
      <Section
        title="Grants"
        explanation="Every statement of the policy beside roles. A denial wins over everything on the path of a page."
      >
        <GrantList workspace={workspace} />
      </Section>
      <Section title="Advice" explanation="What could be left out of the policy. Looking changes nothing.">
        <Findings workspace={workspace} />
        {mayIn(workspace, 'audit') && <LesserRights workspace={workspace} />}
      </Section>
      {mayIn(workspace, 'audit') && (
        <Section title="Draft" explanation="A policy that is tried beside the real one, before it decides anything.">
          <Draft workspace={workspace} />
        </Section>
      )}
    </Stack>
  );
}
