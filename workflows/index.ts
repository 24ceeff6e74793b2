/** The workflow types. Public: only ever added to. */
export { conversationSession } from './session-workflow.ts';
