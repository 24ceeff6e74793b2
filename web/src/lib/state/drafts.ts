/** What was typed and not sent: kept in the browser, so that nothing typed is lost. */
import { readStored, writeStored } from './stored.ts';

/** What was not sent after all goes before what has been typed since. */
export function beforeDraft(text: string, draft: string): string {
  return draft === '' ? text : `${text}\n${draft}`;
}

/** One agent's, session by session: several people may use one browser after each other. */
export class Drafts {
  readonly #agent: string;

  constructor(agent: string) {
    this.#agent = agent;
  }

  read(session: string): string {
    return readStored(this.#key(session)) ?? '';
  }

  write(session: string, text: string): void {
    writeStored(this.#key(session), text === '' ? null : text);
  }

  #key(session: string): string {
    return `everthread/${this.#agent}/draft/${session}`;
  }
}
