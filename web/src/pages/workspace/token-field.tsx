import { PasswordInput } from '@mantine/core';

interface TokenFieldProps {
  readonly value: string;
  readonly onChange: (token: string) => void;
}

/** Takes a token of an internal integration. No browser is to offer it again. */
export function TokenField({ value, onChange }: TokenFieldProps) {
  return (
    <PasswordInput
      label="Token of an internal integration"
      required
      minLength={20}
      maxLength={4096}
      autoComplete="off"
      value={value}
      onChange={event => onChange(event.currentTarget.value)}
    />
  );
}
