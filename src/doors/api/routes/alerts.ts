import { alertRules } from '../../../sinks/alerts/alert-rules.ts';
import type { AlertStore } from '../../../sinks/alerts/watch.ts';
import { workspaceOf } from '../in-workspace.ts';
import { changeEvent } from '../record-change.ts';
import { type ApiRoute, apiRoute } from '../route.ts';

const path = '/api/workspaces/:workspace/alert-rules';
const mayManage = { on: 'workspace', action: 'manage' } as const;

/** The alerts that a workspace wants: docs/sinks.md. */
export function alertRoutes(alerts: Pick<AlertStore, 'rules' | 'setRules'>): ApiRoute[] {
  return [
    apiRoute({
      method: 'GET',
      path,
      name: 'alert_rules.read',
      answer: alertRules,
      summary: 'What in the log raises an alert',
      demand: mayManage,
      run: (_, context) => alerts.rules(workspaceOf(context)),
    }),
    apiRoute({
      method: 'PUT',
      path,
      name: 'alert_rules.set',
      answer: alertRules,
      summary: 'Set what in the log raises an alert. What is left out has its default',
      demand: mayManage,
      body: alertRules,
      async run({ body }, context) {
        const entry = changeEvent(context, 'alert.rules_set', { rules: JSON.stringify(body) });
        await alerts.setRules(workspaceOf(context), body, entry);
        return body;
      },
    }),
  ];
}
