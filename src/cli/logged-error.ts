/** An error in the form of the program's log. */
export interface LoggedError {
  readonly type: string;
  /** The code of the operating system or the database, if there is one. */
  readonly code?: string;
  readonly message: string;
  readonly stack: string;
  readonly cause?: LoggedError;
}

const messageMax = 1_000;
const stackMax = 4_000;
/** A cause, its cause, and so on. */
const causesMax = 3;

/**
 * An error in bounded space. Its other fields are not written: a database puts a tenant's row into them, and a request,
 * an answer or a list of errors has no bound.
 *
 * @param value the thrown value, of any type
 */
export function loggedError(value: unknown, causesLeft = causesMax): LoggedError {
  if (!(value instanceof Error)) return { type: typeof value, message: cut(String(value), messageMax), stack: '' };
  // A name with several addresses fails with one error for each: the first is enough.
  const cause: unknown = value.cause ?? (value instanceof AggregateError ? value.errors[0] : undefined);
  return {
    type: cut(value.name, 100),
    ...('code' in value && { code: cut(String(value.code), 100) }),
    message: cut(value.message, messageMax),
    stack: cut(framesOf(value), stackMax),
    ...(cause !== undefined && causesLeft > 0 && { cause: loggedError(cause, causesLeft - 1) }),
  };
}

/** The lines of the stack after the message. The message may be long, and is written separately. */
function framesOf({ stack = '', message }: Error): string {
  const after = stack.indexOf(message);
  const rest = after < 0 ? stack : stack.slice(after + message.length);
  return rest
    .slice(0, 4 * stackMax)
    .split('\n')
    .map(line => line.trim())
    .filter(line => line.startsWith('at '))
    .join('\n');
}

function cut(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max)}…`;
}
