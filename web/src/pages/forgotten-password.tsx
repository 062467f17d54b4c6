import { Button, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { answerOf, api } from '../api.ts';
import { PageTitle } from '../parts/page-title.tsx';
import { Problem } from '../parts/problem.tsx';

/** Asks for a link by mail. The answer is the same whether or not the address has an account. */
export function ForgottenPassword({ onGiveUp }: { readonly onGiveUp: () => void }) {
  const [email, setEmail] = useState('');
  const ask = useMutation({ mutationFn: () => answerOf(api.POST('/api/sign-in/forgotten', { body: { email } })) });
  function submit(event: FormEvent): void {
    event.preventDefault();
    ask.mutate();
  }
  if (ask.isSuccess) {
    return (
      <Stack>
        <PageTitle text="Look into your mail" />
        <Text>
          If {email} has an account and mail is set up here, a link is on its way. It works once, within 15 minutes.
          Otherwise ask an admin of your workspace for a sign-in link.
        </Text>
        <Button variant="default" onClick={onGiveUp}>
          Back to signing in
        </Button>
      </Stack>
    );
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        <PageTitle text="Forgotten password" />
        <TextInput
          label="Email"
          type="email"
          autoComplete="username"
          required
          value={email}
          onChange={event => setEmail(event.currentTarget.value)}
        />
        <Problem error={ask.error} />
        <Button type="submit" loading={ask.isPending}>
          Send a link
        </Button>
        <Button variant="default" onClick={onGiveUp}>
          Back
        </Button>
      </Stack>
    </form>
  );
}
