import { once } from 'node:events';
import { Readable } from 'node:stream';
import type { ClientBase, Connection, Submittable } from 'pg';

/** The parts of pg's connection that COPY needs and that its types leave out. */
type CopyConnection = Connection & {
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
  sendCopyFail(reason: string): void;
};

/**
 * What `pg` calls while a statement of its own making runs: PostgreSQL's protocol, "Message Flow", "COPY Operations".
 * Every statement ends with `handleReadyForQuery`, or `handleError` before it.
 */
interface CopyStatement extends Submittable {
  handleError(error: Error): void;
  handleCommandComplete(): void;
  handleReadyForQuery(): void;
}

/** Runs `COPY … TO STDOUT` and gives its rows, as they come: in text format one line each. */
export function copyOut(client: ClientBase, statement: string): AsyncIterable<Buffer> {
  let connection: Connection | undefined;
  const rows = new Readable({
    objectMode: true,
    read: () => void connection?.stream.resume(),
  });
  const copy: CopyStatement & { handleCopyData(message: { chunk: Buffer }): void } = {
    submit(given) {
      connection = given;
      given.query(statement);
    },
    handleCopyData({ chunk }) {
      // pg reuses the memory behind the chunk.
      if (!rows.push(Buffer.from(chunk))) connection?.stream.pause();
    },
    handleError: error => void rows.destroy(error),
    handleCommandComplete() {},
    handleReadyForQuery: () => void rows.push(null),
  };
  client.query(copy);
  return rows;
}

/** Runs `COPY … FROM STDIN` with the given rows. An error of theirs ends the statement with nothing copied. */
export async function copyIn(client: ClientBase, statement: string, rows: AsyncIterable<Buffer>): Promise<void> {
  let sourceError: unknown;
  await new Promise<void>((resolve, reject) => {
    let failed = false;
    const copy: CopyStatement & { handleCopyInResponse(connection: CopyConnection): void } = {
      submit: connection => connection.query(statement),
      handleCopyInResponse(connection) {
        send(connection, rows, () => failed).catch(error => {
          sourceError = error;
          connection.sendCopyFail('the source of the rows failed');
        });
      },
      handleError(error) {
        failed = true;
        reject(error);
      },
      handleCommandComplete() {},
      handleReadyForQuery: resolve,
    };
    client.query(copy);
  }).catch(error => {
    throw sourceError ?? error;
  });
}

async function send(connection: CopyConnection, rows: AsyncIterable<Buffer>, stopped: () => boolean): Promise<void> {
  for await (const row of rows) {
    if (stopped()) return;
    connection.sendCopyFromChunk(row);
    if (connection.stream.writableNeedDrain) await once(connection.stream, 'drain');
  }
  connection.endCopyFrom();
}
