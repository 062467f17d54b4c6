import { Alert, Anchor, Button, Loader, Paper, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { Link, useNavigate } from 'react-router-dom';
import { answerOf, api } from '../api.ts';
import { useMe } from '../me.ts';
import { PageTitle } from '../parts/page-title.tsx';
import { Problem } from '../parts/problem.tsx';

/** Where the link of an invitation leads: with the account that is signed in, or with a new one. */
export function InvitationPage({ linkToken }: { readonly linkToken: string | null }) {
  return (
    <Paper withBorder p="xl" maw={460} mx="auto" mt="xl" shadow="sm">
      {linkToken === null ? <Missing /> : <Offered token={linkToken} />}
    </Paper>
  );
}

function Missing() {
  return (
    <Stack>
      <PageTitle text="Invitation" />
      <Text>Open the whole link that you were given. It ends with a long code.</Text>
    </Stack>
  );
}

function Offered({ token }: { readonly token: string }) {
  const me = useMe();
  const offer = useQuery({
    queryKey: ['offer', token],
    queryFn: () => answerOf(api.POST('/api/invitations/offer', { body: { token } })),
    retry: false,
  });
  if (offer.isError) {
    return (
      <Stack>
        <PageTitle text="The invitation did not work" />
        <Problem error={offer.error} />
      </Stack>
    );
  }
  if (offer.isPending || me.isPending) return <Loader role="status" aria-label="Loading" />;
  const { workspace, role } = offer.data;
  return (
    <Stack>
      <PageTitle text="You are invited" />
      <Text className="hostile">
        To the workspace “{workspace}”, as {role}.
      </Text>
      {me.data ? (
        <WithThisAccount token={token} email={me.data.user.email} />
      ) : (
        <WithNewAccount token={token} invited={offer.data.email} />
      )}
    </Stack>
  );
}

function useEnter() {
  const queries = useQueryClient();
  const navigate = useNavigate();
  return async (workspace: string) => {
    queries.clear();
    await navigate(`/workspaces/${workspace}`, { replace: true });
  };
}

function WithThisAccount({ token, email }: { readonly token: string; readonly email: string }) {
  const enter = useEnter();
  const join = useMutation({
    mutationFn: () => answerOf(api.POST('/api/me/invitations', { body: { token } })),
    onSuccess: ({ workspace }) => enter(workspace),
  });
  return (
    <Stack>
      <Text size="sm" className="hostile">
        You are signed in as {email}.
      </Text>
      <Problem error={join.error} />
      <Button onClick={() => join.mutate()} loading={join.isPending}>
        Join with this account
      </Button>
    </Stack>
  );
}

function WithNewAccount({ token, invited }: { readonly token: string; readonly invited: string }) {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const enter = useEnter();
  const join = useMutation({
    mutationFn: () => answerOf(api.POST('/api/invitations/accept', { body: { token, name, password } })),
    onSuccess: ({ workspace }) => enter(workspace),
  });
  function submit(event: FormEvent): void {
    event.preventDefault();
    join.mutate();
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        <Alert variant="outline">
          Do you have an account already?{' '}
          <Anchor component={Link} to="/sign-in" inherit>
            Sign in
          </Anchor>
          , then open the link of the invitation again.
        </Alert>
        <TextInput
          label="Email, to sign in with"
          description="The address that was invited. With your password it leads to this account."
          type="email"
          autoComplete="username"
          readOnly
          value={invited}
        />
        <TextInput
          label="Your name"
          autoComplete="name"
          required
          value={name}
          onChange={event => setName(event.currentTarget.value)}
        />
        <PasswordInput
          label="Choose a password"
          description="At least 12 characters."
          autoComplete="new-password"
          required
          value={password}
          onChange={event => setPassword(event.currentTarget.value)}
        />
        <Problem error={join.error} />
        <Button type="submit" loading={join.isPending}>
          Make an account and join
        </Button>
      </Stack>
    </form>
  );
}
