import type { Workspace } from '../../api.ts';
import { Section } from '../../parts/section.tsx';
import { Log } from '../log/log.tsx';
import { mayIn } from './membership.ts';
import { PrincipalSelect } from './principal-select.tsx';

/** Every call in this workspace: the caller, the operation, the decision and its reason, and how it ended. */
export function Audit({ workspace }: { readonly workspace: Workspace }) {
  return (
    <Section
      title="Audit log"
      explanation="Every call of a person or program that is known, allowed or not, newest first. The list refreshes itself."
    >
      <Log
        source={{ workspaceId: workspace.id }}
        titles={mayIn(workspace, 'read')}
        who={(filters, onChange) => (
          <PrincipalSelect
            label="Who"
            workspaceId={workspace.id}
            nobody="Everyone"
            value={filters.principal}
            onChange={principal => onChange({ ...filters, principal })}
            enabled={mayIn(workspace, 'people.read')}
          />
        )}
      />
    </Section>
  );
}
