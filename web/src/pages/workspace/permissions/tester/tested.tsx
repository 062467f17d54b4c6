import { Stack, Text } from '@mantine/core';
import type { Explanation } from '../../../../api.ts';
import { Mark } from '../../../../parts/mark.tsx';
import { Explained } from '../../../log/explained.tsx';
import type { What } from './what.ts';

/** The question, and the policy's answer for each action that the call needs. */
export interface Test {
  /** The form as it was when it was sent. */
  readonly question: string;
  readonly what: What;
  readonly explanations: readonly Explanation[];
}

/** The answer to a test. A call is allowed if every action that it takes is. */
export function Tested({ test: { what, explanations } }: { readonly test: Test }) {
  const allowed = explanations.every(({ effect }) => effect === 'allow');
  return (
    <Stack gap={4} className={allowed ? '' : 'denied'} p="sm">
      {allowed ? (
        <Mark label="Allowed" icon="allowed" tone="good" strong />
      ) : (
        <Mark label="Denied" icon="denied" tone="bad" strong />
      )}
      {explanations.map(explanation => (
        <div key={explanation.action}>
          <Text size="sm" className="hostile">
            {explanation.principal.name} {explanation.effect === 'allow' ? 'may' : 'may not'} do{' '}
            <strong>{explanation.action}</strong> {placeOf(explanation)}.
          </Text>
          <Explained explanation={explanation} />
        </div>
      ))}
      {what.sometimes.length > 0 && (
        <Text size="xs" c="dimmed">
          By what stands in the request, the call takes {what.sometimes.join(', ')} too.
        </Text>
      )}
    </Stack>
  );
}

function placeOf({ path, object }: Explanation): string {
  if (object.kind === 'workspace') return 'in the workspace';
  const [at] = path;
  return at?.title == null
    ? `on this ${object.kind.replace('_', ' ')}`
    : `on “${at.title === '' ? 'Untitled' : at.title}”`;
}
