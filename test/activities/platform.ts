import type { ChannelClient, ReadBackMessage, SendOutcome } from '#channels/channel.ts';

/** The platform, as a test wants it to be. */
export class Platform implements ChannelClient {
  readonly sent: { recipient: string; text: string; metadata: string }[] = [];
  readonly replied: { comment: string; text: string }[] = [];
  /** Under which comments it was looked. */
  readonly readUnder: string[] = [];
  readonly tokens: string[] = [];
  /** What every call is answered with; by default a new mid each time. */
  outcome: SendOutcome | Error | null = null;
  conversation: ReadBackMessage[] | null = [];

  async sendText(
    by: { token: string },
    message: { recipient: string; text: string; metadata: string },
  ): Promise<SendOutcome> {
    this.tokens.push(by.token);
    this.sent.push(message);
    if (this.outcome instanceof Error) throw this.outcome;
    return this.outcome ?? { kind: 'sent', mid: `mid-${this.sent.length}` };
  }

  async readConversation() {
    return this.conversation === null
      ? { kind: 'unreadable' as const, detail: 'permission missing' }
      : { kind: 'messages' as const, messages: this.conversation };
  }

  async replyToComment(
    by: { token: string },
    reply: { comment: string; text: string },
  ): Promise<SendOutcome> {
    this.tokens.push(by.token);
    this.replied.push(reply);
    if (this.outcome instanceof Error) throw this.outcome;
    return this.outcome ?? { kind: 'sent', mid: `comment-${this.replied.length}` };
  }

  readReplies(_by: unknown, comment: string) {
    this.readUnder.push(comment);
    return this.readConversation();
  }

  async readProfile() {
    return null;
  }
}
