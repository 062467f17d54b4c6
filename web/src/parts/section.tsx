import { Stack, Text, Title } from '@mantine/core';
import { type ReactNode, useId } from 'react';

interface SectionProps {
  readonly title: string;
  readonly explanation?: string;
  readonly children: ReactNode;
}

/** A part of a page with its heading, which also names it for a screen reader. */
export function Section({ title, explanation, children }: SectionProps) {
  const id = useId();
  return (
    <Stack component="section" aria-labelledby={id} gap="sm" tabIndex={-1} className="part">
      <Stack gap={2}>
        <Title order={2} size="h4" id={id}>
          {title}
        </Title>
        {explanation !== undefined && (
          <Text size="sm" c="dimmed">
            {explanation}
          </Text>
        )}
      </Stack>
      {children}
    </Stack>
  );
}
