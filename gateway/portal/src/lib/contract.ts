// The API's contract (openapi.yaml, as JSON) in the shape in which a page shows it.

export interface Schema {
  $ref?: string; type?: string | string[]; enum?: unknown[]; const?: unknown; format?: string; pattern?: string; description?: string; default?: unknown;
  minimum?: number; maximum?: number; minLength?: number; maxLength?: number; minItems?: number; maxItems?: number;
  required?: string[]; properties?: Record<string, Schema>; additionalProperties?: boolean | Schema; items?: Schema; allOf?: Schema[];
}
interface Content {content?: Record<string, {schema?: Schema}>}
interface Parameter {$ref?: string; name: string; in: string; required?: boolean; description?: string; schema?: Schema}
interface Operation {
  operationId: string; summary: string; 'x-roles': string[]; 'x-scope': string; 'x-planned'?: boolean; parameters?: Parameter[];
  requestBody?: Content; responses: Record<string, Content & {$ref?: string; description?: string}>;
}
export interface Contract {
  info: {version: string; description: string};
  paths: Record<string, {parameters?: Parameter[]} & Record<string, Operation>>;
  components: unknown;
}

export interface Described {
  id: string; method: string; path: string; summary: string; roles: string[]; scope: string; parameters: Parameter[];
  body: Schema | null; answers: {status: string; description: string; type: string; schema: Schema | null}[];
}
// A member of an object, or an item of a list: `depth` says of which before it.
export interface Line {name: string; depth: number; required: boolean; type: string; about: string}

const methods = ['get', 'post', 'put', 'delete'];
const deepest = 6;

// What a "#/components/..." stands for; itself when it refers to nothing.
export function resolved<T extends {$ref?: string}>(contract: Contract, node: T): T {
  if (!node.$ref) return node;
  let found: unknown = contract;
  for (const name of node.$ref.replace(/^#\//, '').split('/')) found = (found as Record<string, unknown> | undefined)?.[name];
  return found ? resolved(contract, found as T) : node;
}

export function operations(contract: Contract): Described[] {
  return Object.entries(contract.paths).flatMap(([path, item]) => methods.flatMap((method) => {
    const one = item[method];
    if (!one || one['x-planned']) return [];
    const answers = Object.entries(one.responses).map(([status, response]) => {
      const {description = '', content = {}} = resolved(contract, response);
      const [type = '', media] = Object.entries(content)[0] ?? [];
      return {status, description, type, schema: media?.schema ?? null};
    });
    return [{
      id: one.operationId, method: method.toUpperCase(), path, summary: one.summary, roles: one['x-roles'], scope: one['x-scope'],
      parameters: [...(item.parameters ?? []), ...(one.parameters ?? [])].map((parameter) => resolved(contract, parameter)),
      body: one.requestBody?.content?.['application/json']?.schema ?? null, answers,
    }];
  }));
}

// By the first part of their paths, in the contract's order.
export function groups(list: Described[]): [string, Described[]][] {
  const out = new Map<string, Described[]>();
  for (const one of list) {
    const name = one.path.split('/')[1] ?? '';
    out.set(name, [...(out.get(name) ?? []), one]);
  }
  return [...out];
}

export function found(list: Described[], words: string): Described[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return list.filter((one) => wanted.every((word) => `${one.method} ${one.path} ${one.id} ${one.summary} ${one.roles.join(' ')}`.toLowerCase().includes(word)));
}

export function type_of(contract: Contract, schema: Schema): string {
  const one = resolved(contract, schema);
  if (one.const !== undefined) return JSON.stringify(one.const);
  if (one.enum) return one.enum.map((value) => JSON.stringify(value)).join(' | ');
  const types = [one.type ?? (one.allOf || one.properties ? 'object' : 'any')].flat().map((type) => (type === 'array' ? `${one.items ? type_of(contract, one.items) : 'any'}[]` : type));
  return types.join(' | ') + (one.format ? ` (${one.format})` : '');
}

function about(contract: Contract, schema: Schema): string {
  const own = {...resolved(contract, schema), ...(schema.description ? {description: schema.description} : {})};
  const limits = (['minimum', 'maximum', 'minLength', 'maxLength', 'minItems', 'maxItems', 'pattern', 'default'] as const)
    .filter((name) => own[name] !== undefined).map((name) => `${name} ${String(own[name])}`);
  return [own.description, limits.join(', ')].filter(Boolean).join('. ');
}

// Its members, and theirs, one line each; nothing for what has none.
export function lines(contract: Contract, schema: Schema, depth = 0): Line[] {
  if (depth > deepest) return [];
  const one = resolved(contract, schema);
  const inherited = (one.allOf ?? []).flatMap((part) => lines(contract, part, depth));
  const members = Object.entries(one.properties ?? {}).flatMap(([name, member]) => [
    {name, depth, required: (one.required ?? []).includes(name), type: type_of(contract, member), about: about(contract, member)}, ...lines(contract, member, depth + 1)]);
  const rest = typeof one.additionalProperties === 'object' ? [{name: '*', depth, required: false, type: type_of(contract, one.additionalProperties), about: about(contract, one.additionalProperties)}] : [];
  return [...inherited, ...members, ...rest, ...(one.items ? lines(contract, one.items, depth) : [])];
}
