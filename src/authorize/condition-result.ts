/** Whether a condition holds; `missing`: the tested value is not known, or has another type than the test. */
export type ConditionResult = 'yes' | 'no' | 'missing';

export function yesIf(holds: boolean): ConditionResult {
  return holds ? 'yes' : 'no';
}

/** Both must hold. One that fails outweighs one that cannot be tested. */
export function both(a: ConditionResult, b: ConditionResult): ConditionResult {
  if (a === 'no' || b === 'no') return 'no';
  return a === 'missing' || b === 'missing' ? 'missing' : 'yes';
}
