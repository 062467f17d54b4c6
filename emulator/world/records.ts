import type {
  BlockObjectResponse,
  CommentObjectResponse,
  DataSourceObjectResponse,
  DataSourceViewObjectResponse,
  PageObjectResponse,
  RichTextItemResponse,
} from '@notionhq/client';

/**
 * What the emulator remembers. Records hold only what is theirs: everything that shows another object's data
 * (mention titles, rollups, formulas, `has_children`) is worked out when an answer is built.
 * Times are milliseconds since the epoch.
 */

export interface Workspace {
  readonly id: string;
  name: string;
  icon: string | null;
  /** Requests a minute allowed to each connection: 600 on business and enterprise, 180 on other plans. */
  plan: 'free' | 'plus' | 'business' | 'enterprise';
  readonly members: string[];
  /** What the page picker has ticked when it opens. */
  readonly ticked: string[];
}

/** A part of a workspace with members of its own. Its pages stand at the top of the workspace: REST answers know no teamspace. */
export interface Teamspace {
  readonly id: string;
  readonly workspaceId: string;
  name: string;
  /** What is in an `open` one everybody in the workspace may see; in the others only its members. */
  readonly access: 'open' | 'closed' | 'private';
  readonly members: string[];
}

/** What a page is besides a page: hosted MCP's skills and folders stand among the other pages. */
export type PagePurpose = 'skill' | 'folder';

export interface Person {
  readonly id: string;
  name: string;
  email: string;
  avatarUrl: string | null;
}

export type RichText = RichTextItemResponse[];
export type Icon = NonNullable<PageObjectResponse['icon']>;
export type Cover = NonNullable<PageObjectResponse['cover']>;

export type PropertyValue = PageObjectResponse['properties'][string];
export type PropertyConfig = DataSourceObjectResponse['properties'][string];

export type BlockType = BlockObjectResponse['type'];

interface NodeCommon {
  readonly id: string;
  readonly workspaceId: string;
  /** The node that it stands in; `null` at the top of the workspace. A row's parent is its data source. */
  parentId: string | null;
  readonly createdAt: number;
  editedAt: number;
  readonly createdBy: string;
  editedBy: string;
  inTrash: boolean;
}

export interface BlockNode extends NodeCommon {
  readonly kind: 'block';
  readonly type: BlockType;
  content: unknown;
  children: string[];
}

export interface PageNode extends NodeCommon {
  readonly kind: 'page';
  /** By property id. A page outside a data source has only `title`. */
  properties: Record<string, PropertyValue>;
  icon: Icon | null;
  cover: Cover | null;
  locked: boolean;
  archived: boolean;
  publicUrl: string | null;
  /** Where a person keeps a page to themselves: only that person may tick it in the page picker. */
  privateTo: string | null;
  /** A template of its data source; it is no row. */
  template: 'default' | 'other' | null;
  children: string[];
}

export interface DatabaseNode extends NodeCommon {
  readonly kind: 'database';
  title: RichText;
  description: RichText;
  icon: Icon | null;
  cover: Cover | null;
  inline: boolean;
  locked: boolean;
  dataSources: string[];
  views: string[];
}

export interface DataSourceNode extends NodeCommon {
  readonly kind: 'data_source';
  title: RichText;
  description: RichText;
  icon: Icon | null;
  cover: Cover | null;
  /** By property id, in the order of the schema. */
  schema: Map<string, PropertyConfig>;
  /** Row page ids in order of creation, trashed ones included. */
  rows: string[];
  templates: string[];
  lastUniqueId: number;
}

export type Node = BlockNode | PageNode | DatabaseNode | DataSourceNode;
/** Nodes that stand in a list of content blocks. */
export type ContentNode = BlockNode | PageNode | DatabaseNode;
/** Nodes that hold a list of content blocks. */
export type Container = BlockNode | PageNode;

export interface Comment {
  readonly id: string;
  readonly workspaceId: string;
  readonly parentId: string;
  readonly discussionId: string;
  readonly createdAt: number;
  editedAt: number;
  readonly createdBy: string;
  text: RichText;
  readonly displayName: CommentObjectResponse['display_name'];
  readonly attachments: string[];
}

export interface View {
  readonly id: string;
  readonly workspaceId: string;
  readonly databaseId: string;
  readonly dataSourceId: string;
  name: string;
  readonly type: DataSourceViewObjectResponse['type'];
  readonly createdAt: number;
  editedAt: number;
  readonly createdBy: string;
  editedBy: string;
  filter: Record<string, unknown> | null;
  sorts: Record<string, unknown>[] | null;
  quickFilters: Record<string, unknown> | null;
  configuration: Record<string, unknown> | null;
  readonly dashboardViewId: string | null;
}

export interface ViewQuery {
  readonly id: string;
  readonly viewId: string;
  readonly botId: string;
  readonly rowIds: readonly string[];
  readonly expiresAt: number;
}

export interface FileUpload {
  readonly id: string;
  readonly workspaceId: string;
  readonly botId: string;
  readonly mode: 'single_part' | 'multi_part' | 'external_url';
  readonly createdAt: number;
  editedAt: number;
  status: 'pending' | 'uploaded' | 'expired' | 'failed';
  filename: string | null;
  contentType: string | null;
  contentLength: number | null;
  readonly partsTotal: number;
  readonly partsSent: number[];
  expiresAt: number | null;
  /** SHA-256 of what was sent, hex. */
  sha256: string | null;
  importedAt: number | null;
}

export interface AsyncTask {
  readonly id: string;
  readonly botId: string;
  readonly createdAt: number;
  readonly operation: string;
  /** Polls left until it is shown as finished. */
  pollsLeft: number;
  readonly result: Record<string, unknown>;
}

export interface CustomEmoji {
  readonly id: string;
  readonly workspaceId: string;
  readonly name: string;
  readonly url: string;
}
