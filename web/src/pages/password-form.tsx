import { Button, PasswordInput, Stack } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { answerOf, api } from '../api.ts';
import { Problem } from '../parts/problem.tsx';

interface PasswordFormProps {
  /** A person who has a password already must prove that they know it. */
  readonly askCurrent?: boolean;
  readonly onDone: () => unknown;
}

export function PasswordForm({ askCurrent = false, onDone }: PasswordFormProps) {
  const [currentPassword, setCurrentPassword] = useState('');
  const [password, setPassword] = useState('');
  const change = useMutation({
    mutationFn: () =>
      answerOf(api.POST('/api/me/password', { body: askCurrent ? { password, currentPassword } : { password } })),
    onSuccess: () => {
      setCurrentPassword('');
      setPassword('');
      return onDone();
    },
  });
  function submit(event: FormEvent): void {
    event.preventDefault();
    change.mutate();
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        {askCurrent && (
          <PasswordInput
            label="Current password"
            description="You may leave it empty if you have just signed in by a link."
            autoComplete="current-password"
            value={currentPassword}
            onChange={event => setCurrentPassword(event.currentTarget.value)}
          />
        )}
        <PasswordInput
          label="New password"
          description="At least 12 characters. A few unrelated words are good."
          autoComplete="new-password"
          required
          minLength={12}
          value={password}
          onChange={event => setPassword(event.currentTarget.value)}
        />
        <Problem error={change.error} />
        <Button type="submit" loading={change.isPending}>
          Save the password
        </Button>
      </Stack>
    </form>
  );
}
