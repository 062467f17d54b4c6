import { Button, Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { answerOf, api, type PageAccess, type PolicyDifference, type Workspace } from '../../../api.ts';
import { useAnnounce } from '../../../parts/announcer.tsx';
import { Problem } from '../../../parts/problem.tsx';
import { usePolicyChanged } from './remove-grant.tsx';

/** What can be said at a page with one choice. Everything else is said in the policy document. */
const choices = [
  { value: 'allow viewer', label: 'may read here' },
  { value: 'allow editor', label: 'may read and change here' },
  { value: 'deny read', label: 'may not read here' },
  { value: 'deny change', label: 'may not change anything here' },
  { value: 'limit change', label: 'may change here only' },
] as const;
type Choice = (typeof choices)[number]['value'];

const reads = ['read', 'file.read', 'comment.read'] as const;
const changes = ['create', 'update', 'delete', 'move', 'manage', 'comment.write', 'file.write'] as const;

function statementOf(choice: Choice) {
  switch (choice) {
    case 'allow viewer':
      return { effect: 'allow', role: 'viewer' } as const;
    case 'allow editor':
      return { effect: 'allow', role: 'editor' } as const;
    case 'deny read':
      return { effect: 'deny', actions: [...reads] } as const;
    case 'deny change':
      return { effect: 'deny', actions: [...changes] } as const;
    case 'limit change':
      return { effect: 'limit', actions: [...changes] } as const;
  }
}

interface GrantFormProps {
  readonly workspace: Workspace;
  readonly principal: string;
  readonly page: PageAccess;
}

/** Sets a grant at a page. It shows who gains and who loses before it is saved. */
export function GrantForm({ workspace, principal, page }: GrantFormProps) {
  const [choice, setChoice] = useState<Choice>('allow viewer');
  const [reason, setReason] = useState('');
  const announce = useAnnounce();
  const changed = usePolicyChanged(workspace.id);
  const params = { params: { path: { workspace: workspace.id } } };
  const statement = statementOf(choice);
  const on = `${page.kind === 'page' ? 'page' : 'database'}:${page.id}`;

  const plan = useMutation({
    mutationFn: async () => {
      const policy = await answerOf(api.GET('/api/workspaces/{workspace}/policy', params));
      const grant = {
        ...statement,
        to: principal === '' ? 'everyone' : principal,
        on,
        reason: reason.trim() || 'preview',
      };
      const body = { ...policy, grants: [...policy.grants, grant] };
      return answerOf(api.POST('/api/workspaces/{workspace}/policy/plan', { ...params, body }));
    },
  });
  const save = useMutation({
    mutationFn: () =>
      answerOf(
        api.POST('/api/workspaces/{workspace}/grants', {
          ...params,
          body: {
            ...statement,
            subject: principal === '' ? { kind: 'everyone' } : { kind: 'principal', id: principal },
            scope: { kind: page.kind === 'page' ? 'page' : 'database', id: page.id },
            reason,
          } as never,
        }),
      ),
    onSuccess: () => {
      announce('Grant saved');
      setReason('');
      plan.reset();
      changed();
    },
  });
  function submit(event: FormEvent): void {
    event.preventDefault();
    save.mutate();
  }
  return (
    <Stack gap="sm" component="form" onSubmit={submit} aria-label="Set a grant">
      <NativeSelect
        label={principal === '' ? 'Every member' : 'This person or agent'}
        data={[...choices]}
        value={choice}
        onChange={event => {
          setChoice(event.currentTarget.value as Choice);
          plan.reset();
        }}
      />
      <TextInput
        label="Reason"
        description="It is shown in the log, and in the explanation of each decision."
        required
        maxLength={500}
        value={reason}
        onChange={event => setReason(event.currentTarget.value)}
      />
      <Group>
        <Button variant="default" loading={plan.isPending} onClick={() => plan.mutate()}>
          Who gains, who loses?
        </Button>
        <Button type="submit" loading={save.isPending}>
          Save
        </Button>
      </Group>
      {plan.data && <Effects gains={plan.data.gains} losses={plan.data.losses} failed={plan.data.failed} />}
      <Problem error={plan.error ?? save.error} />
    </Stack>
  );
}

interface EffectsProps {
  readonly gains: readonly PolicyDifference[];
  readonly losses: readonly PolicyDifference[];
  readonly failed: readonly string[];
}

function Effects({ gains, losses, failed }: EffectsProps) {
  const line = ({ name, actions, on }: PolicyDifference) => `${name}: ${actions.join(', ')} on ${on}`;
  return (
    <Stack gap={4} role="status">
      {gains.length === 0 && losses.length === 0 && <Text size="sm">No member gains or loses anything by it.</Text>}
      {gains.map(difference => (
        <Text size="sm" key={`gain ${line(difference)}`} className="hostile">
          Gains: {line(difference)}
        </Text>
      ))}
      {losses.map(difference => (
        <Text size="sm" key={`loss ${line(difference)}`} className="hostile">
          Loses: {line(difference)}
        </Text>
      ))}
      {failed.map(text => (
        <Text size="sm" c="red" key={text}>
          {text}
        </Text>
      ))}
    </Stack>
  );
}
