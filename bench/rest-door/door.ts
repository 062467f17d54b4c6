// The gateway in front of the bench's upstream, with a key that may read.
import { childArgument, childReady } from '../child.ts';
import { startBenchGateway, urlOf } from '../gateway.ts';
import { connectWorkspace } from './connect-workspace.ts';
import { measureTwoCommits } from './measure-commits.ts';
import { tellProcessorTime } from './processor-time.ts';

export interface DoorArgument {
  /** Origin of what stands for Notion. */
  readonly upstream: string;
}

export interface DoorReady {
  readonly origin: string;
  /** The key of a viewer. */
  readonly key: string;
  /** The database that the door writes to. */
  readonly databaseUrl: string;
}

const { upstream } = childArgument<DoorArgument>();
const gateway = await startBenchGateway({ origin: upstream, clientId: 'bench', clientSecret: 'bench-secret' });
const { portcullis, connection } = gateway;
const { keys } = await connectWorkspace(portcullis.url, portcullis.firstSignInUrl);

tellProcessorTime();
process.on('message', async question => {
  if (question === 'measure two commits') process.send?.(await measureTwoCommits(connection));
});
const ready = { origin: portcullis.url, key: keys.viewer, databaseUrl: urlOf(connection) } satisfies DoorReady;
childReady(ready, gateway.close);
