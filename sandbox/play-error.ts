/** A request to the sandbox itself (not to the Graph API) that cannot be done; the message is for who sent it. */
export class PlayError extends Error {
  override name = 'PlayError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}
