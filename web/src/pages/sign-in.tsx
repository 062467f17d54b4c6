import { Button, Loader, Paper, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { useNavigate, useSearchParams } from 'react-router-dom';
import { answerOf, api } from '../api.ts';
import { takeLinkToken } from '../link-token.ts';
import { isDemo, useMe } from '../me.ts';
import { ownPath } from '../own-path.ts';
import { PageTitle } from '../parts/page-title.tsx';
import { Problem } from '../parts/problem.tsx';
import { ForgottenPassword } from './forgotten-password.tsx';
import { PasswordForm } from './password-form.tsx';

/** By a one-time link when the address carried one, otherwise by email address and password. */
export function SignIn({ linkToken }: { readonly linkToken: string | null }) {
  const [token, setToken] = useState(linkToken);
  const [search] = useSearchParams();
  const navigate = useNavigate();
  const queries = useQueryClient();

  useEffect(() => {
    // A link pasted into a window that shows this page already changes the fragment only.
    const onHashChange = () => setToken(takeLinkToken());
    window.addEventListener('hashchange', onHashChange);
    return () => window.removeEventListener('hashchange', onHashChange);
  }, []);

  async function enter(): Promise<void> {
    queries.clear();
    const next = ownPath(search.get('next'), window.location.origin);
    // Connecting a workspace happens on pages of the server, which the router of this page does not know.
    if (next.startsWith('/auth/')) window.location.replace(next);
    else await navigate(next, { replace: true });
  }

  return (
    <Paper withBorder p="xl" maw={420} mx="auto" mt="xl" shadow="sm">
      {token === null ? (
        <ByPassword onSignedIn={enter} />
      ) : (
        <ByLink key={token} token={token} onSignedIn={enter} onGiveUp={() => setToken(null)} />
      )}
    </Paper>
  );
}

function ByPassword({ onSignedIn }: { readonly onSignedIn: () => Promise<void> }) {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [forgotten, setForgotten] = useState(false);
  const signIn = useMutation({
    mutationFn: () => answerOf(api.POST('/api/sign-in', { body: { email, password } })),
    onSuccess: onSignedIn,
  });
  function submit(event: FormEvent): void {
    event.preventDefault();
    signIn.mutate();
  }
  if (forgotten) return <ForgottenPassword onGiveUp={() => setForgotten(false)} />;
  return (
    <form onSubmit={submit}>
      <Stack>
        <PageTitle text="Sign in" />
        <TextInput
          label="Email"
          type="email"
          autoComplete="username"
          required
          value={email}
          onChange={event => setEmail(event.currentTarget.value)}
        />
        <PasswordInput
          label="Password"
          autoComplete="current-password"
          required
          value={password}
          onChange={event => setPassword(event.currentTarget.value)}
        />
        <Problem error={signIn.error} />
        <Button type="submit" loading={signIn.isPending}>
          Sign in
        </Button>
        <Text size="sm" c="dimmed">
          {isDemo
            ? 'The demo prints a one-time sign-in link at each start.'
            : 'No account yet? Ask an admin of your workspace for an invitation.'}
        </Text>
        <Button variant="subtle" onClick={() => setForgotten(true)}>
          Forgot your password?
        </Button>
      </Stack>
    </form>
  );
}

interface ByLinkProps {
  readonly token: string;
  readonly onSignedIn: () => Promise<void>;
  readonly onGiveUp: () => void;
}

function ByLink({ token, onSignedIn, onGiveUp }: ByLinkProps) {
  const sent = useRef(false);
  const [passwordNeeded, setPasswordNeeded] = useState(false);
  const queries = useQueryClient();
  const signIn = useMutation({
    mutationFn: () => answerOf(api.POST('/api/sign-in/link', { body: { token } })),
    onSuccess: answer => {
      queries.clear();
      return answer.passwordNeeded ? setPasswordNeeded(true) : onSignedIn();
    },
  });
  useEffect(() => {
    // The link works once: React's strict mode runs effects twice.
    if (sent.current) return;
    sent.current = true;
    signIn.mutate();
  }, [signIn.mutate]);

  if (passwordNeeded) return <ChoosePassword onDone={onSignedIn} />;
  if (signIn.error) return <LinkRefused error={signIn.error} onGiveUp={onGiveUp} />;
  return (
    <Stack align="center">
      <PageTitle text="Signing in" />
      <Loader role="status" aria-label="Loading" />
    </Stack>
  );
}

function LinkRefused({ error, onGiveUp }: { readonly error: Error; readonly onGiveUp: () => void }) {
  return (
    <Stack>
      <PageTitle text="The link did not work" />
      <Problem error={error} />
      <Button variant="default" onClick={onGiveUp}>
        Sign in with a password
      </Button>
    </Stack>
  );
}

function ChoosePassword({ onDone }: { readonly onDone: () => Promise<void> }) {
  const me = useMe();
  return (
    <Stack>
      <PageTitle text="Choose a password" />
      <Text size="sm" c="dimmed">
        You are signed in{me.data && ` as ${me.data.user.email}`}. The link cannot be used again: with that address and
        a password you can come back.
      </Text>
      <PasswordForm onDone={onDone} />
      {isDemo && (
        <Button variant="subtle" onClick={() => void onDone()}>
          Not now
        </Button>
      )}
    </Stack>
  );
}
