import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import type { Connection } from '@temporalio/client';

/** By these an operator finds sessions in Temporal's UI (R54). No personal data: they are not encrypted. */
export const InboxChannel = defineSearchAttributeKey('InboxChannel', SearchAttributeType.KEYWORD);
export const InboxCustomer = defineSearchAttributeKey('InboxCustomer', SearchAttributeType.KEYWORD);
export const InboxStatus = defineSearchAttributeKey('InboxStatus', SearchAttributeType.KEYWORD);
export const InboxAgent = defineSearchAttributeKey('InboxAgent', SearchAttributeType.KEYWORD);
export const InboxDueAt = defineSearchAttributeKey('InboxDueAt', SearchAttributeType.DATETIME);

/** temporal.api.enums.v1.IndexedValueType */
const KEYWORD = 2;
const DATETIME = 6;

const REGISTERED = {
  [InboxChannel.name]: KEYWORD,
  [InboxCustomer.name]: KEYWORD,
  [InboxStatus.name]: KEYWORD,
  [InboxAgent.name]: KEYWORD,
  [InboxDueAt.name]: DATETIME,
};

/**
 * Makes the attributes known to the namespace; repeating it changes nothing. To be done before a worker starts:
 * a workflow that sets one which is not registered hangs in its task.
 */
export async function registerSearchAttributes(
  connection: Connection,
  namespace: string,
): Promise<void> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  const missing = Object.entries(REGISTERED).filter(([name]) => !(name in customAttributes));
  if (missing.length === 0) return;
  await connection.operatorService.addSearchAttributes({
    namespace,
    searchAttributes: Object.fromEntries(missing),
  });
}
