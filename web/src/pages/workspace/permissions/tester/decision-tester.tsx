import { Button, NativeSelect, SimpleGrid, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useState } from 'react';
import { answerOf, api, type PageAccess } from '../../../../api.ts';
import { Problem } from '../../../../parts/problem.tsx';
import { type Test, Tested } from './tested.tsx';
import { useWhats } from './what.ts';

interface DecisionTesterProps {
  readonly label: string;
  readonly workspaceId: string;
  /** Chooses the principal; left out if it is clear. */
  readonly who?: ReactNode;
  /** The tested principal; empty for the reader. */
  readonly principal: string;
  /** The page that is tested unless another one is named. */
  readonly page: PageAccess | null;
  /** The limit of the key with which they would call. */
  readonly limitTo?: { readonly role: string; readonly under: readonly string[] };
}

/** Asks the policy about a call that is not made: who, what and where, and the answer with its reasons. */
export function DecisionTester({ label, workspaceId, who, principal, page, limitTo }: DecisionTesterProps) {
  const { find, choices } = useWhats();
  const [chosen, setChosen] = useState('action read');
  const [typed, setTyped] = useState('');
  const where = typed.trim();
  const what = find(chosen);
  // An answer is shown only beside its own question.
  const question = JSON.stringify([principal, chosen, where, page?.id, limitTo]);
  const test = useMutation({
    mutationFn: async (): Promise<Test | null> => {
      const asked = where === '' ? page : { kind: what?.on ?? 'page', id: where };
      if (what === undefined) return null;
      const object = asked === null ? { kind: 'workspace' } : { kind: asked.kind, id: asked.id };
      const explanations = await Promise.all(
        what.actions.map(action =>
          answerOf(
            api.POST('/api/workspaces/{workspace}/explain', {
              params: { path: { workspace: workspaceId } },
              // The choices of a form, which the server reads and checks.
              body: { ...(principal !== '' && { principal }), action, object, ...(limitTo && { limitTo }) } as never,
            }),
          ),
        ),
      );
      return { question, what, explanations };
    },
  });
  function submit(event: FormEvent): void {
    event.preventDefault();
    test.mutate();
  }
  const place = page === null ? 'the whole workspace' : page.title === '' ? 'Untitled' : page.title;
  return (
    <Stack gap="sm" component="form" onSubmit={submit} aria-label={label}>
      <SimpleGrid cols={{ base: 1, sm: who === undefined ? 2 : 3 }} spacing="sm">
        {who}
        <NativeSelect
          label="What"
          data={choices}
          value={chosen}
          onChange={event => setChosen(event.currentTarget.value)}
        />
        <TextInput
          label="Where"
          placeholder={`${place}, or the address or id of a page`}
          value={typed}
          onChange={event => setTyped(event.currentTarget.value)}
        />
      </SimpleGrid>
      <Button type="submit" variant="default" loading={test.isPending} className="submit">
        Test
      </Button>
      <Problem error={test.error} />
      <div role="status">{test.data?.question === question && <Tested test={test.data} />}</div>
    </Stack>
  );
}
