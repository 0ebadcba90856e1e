/**
 * The protobuf messages of Kubernetes' own kinds, from data/sandbox/kinds.json: which fields a message has, by their numbers.
 *
 * A field is its name in JSON and a code; its number stands before them where it isn't the one that follows. The code is `s`
 * a text, `i` an integer, `b` a boolean, `d` a double, `y` bytes, or the name of a message; before it `?` for a pointer, whose
 * zero is something else than nothing, `*` for a list, `%` for a map. A field named `-` is one whose fields JSON has among
 * those around it. Messages that JSON has as something else than a map have a letter too (readMessage.ts).
 */

/** The fields of messages with a form of their own in JSON. */
const smallMessages: Readonly<Record<string, string>> = {
  // times of seconds and of microseconds
  t: 'seconds i,nanos i',
  u: 'seconds i,nanos i',
  // quantities
  q: 'string s',
  // integers or texts
  o: 'type i,intVal i,strVal s',
  // JSON as it is
  r: 'raw s',
  // lists of texts
  w: 'items *s',
};

export interface MessageField {
  readonly name: string;
  readonly isPointer: boolean;
  readonly many: 'list' | 'map' | undefined;
  /** A letter, or the name of a message. */
  readonly code: string;
}

/** The fields of a message by their numbers. */
export type Message = ReadonlyMap<number, MessageField>;

export interface MessageFacts {
  /** The name of a kind's message; undefined for one that has none, as no custom kind has. */
  ofKind(apiVersion: string, kind: string): string | undefined;
  /** Undefined for a name that no field and no kind has. */
  message(name: string): Message | undefined;
}

/** The two parts of the table: kinds by version, fields by message. */
export function readMessageFacts(kinds: Readonly<Record<string, string>>, messages: Readonly<Record<string, string>>): MessageFacts {
  const read = new Map<string, Message>();
  const byKind = new Map(Object.entries(kinds).flatMap(([apiVersion, text]) => text.split(' ').map((each) => readKind(apiVersion, each))));
  return {
    ofKind: (apiVersion, kind) => byKind.get(`${apiVersion}/${kind}`),
    message: (name) => {
      const text = smallMessages[name] ?? (Object.hasOwn(messages, name) ? messages[name] : undefined);
      const message = read.get(name) ?? (text === undefined ? undefined : readMessage(text));
      if (message) read.set(name, message);
      return message;
    },
  };
}

function readKind(apiVersion: string, text: string): readonly [string, string] {
  const [kind = '', message = kind] = text.split('=');
  return [`${apiVersion}/${kind}`, message];
}

function readMessage(text: string): Message {
  const fields = new Map<number, MessageField>();
  let number = 0;
  for (const each of text === '' ? [] : text.split(',')) {
    const words = each.split(' ');
    const [name = '', code = ''] = words.slice(-2);
    number = words.length === 3 ? Number(words[0]) : number + 1;
    const many = code.startsWith('*') ? 'list' : code.startsWith('%') ? 'map' : undefined;
    fields.set(number, { name, isPointer: code.startsWith('?'), many, code: code.replace(/^[?*%]/, '') });
  }
  return fields;
}
