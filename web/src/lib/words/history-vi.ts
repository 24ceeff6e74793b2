import type { HistoryWords } from './history-en.ts';

const causes: Record<string, string> = {
  'distribution off': 'tự động phân phối đang tắt',
  'nobody qualifies': 'không có ai phù hợp',
  'responsible left': 'người đã phụ trách không còn thuộc nhóm',
  'behind others in line': 'có session khác chờ lâu hơn',
};

const rules: Record<string, string> = {
  'by hand': 'Phân công thủ công',
  'automatic distribution': 'Tự động phân phối',
  sequential: 'Tuần tự: lần lượt trong nhóm',
  random: 'Ngẫu nhiên: một trong những người phù hợp',
  'already responsible': 'Nhân viên đã phụ trách',
  'waiting line': 'Hàng chờ',
  "customer's owner": 'Người phụ trách của khách hàng',
  keyword: 'Rule tùy chọn, từ khóa',
};

const results: Record<string, string> = {
  on: 'bật',
  off: 'tắt',
  nobody: 'không có ai',
  'others wait longer': 'có session khác chờ lâu hơn',
  'the longest waiting is first': 'session chờ lâu nhất được phân công trước',
  'no keyword found': 'không có từ khóa nào khớp',
};

const wakings: Record<string, string> = {
  time: 'đã đến giờ',
  customer: 'khách nhắn tin',
  agent: 'nhân viên lấy lại',
};

const doneCauses: Record<string, string> = {
  clock: 'Tự động đóng',
  removed: 'Đã đóng: mọi nội dung của khách đã bị gỡ',
};

const moderations: Record<string, string> = {
  hide: 'Đã ẩn bình luận',
  unhide: 'Đã bỏ ẩn bình luận',
  delete: 'Đã xóa bình luận',
  edit: 'Đã sửa bình luận',
  like: 'Đã thích bình luận',
  unlike: 'Đã bỏ thích bình luận',
};

const reasons: Record<string, string> = {
  chosen: 'được chọn',
  'next in turn': 'đến lượt',
  'later in turn': 'chưa đến lượt',
  disabled: 'tài khoản đã bị khóa',
  'does not receive this kind': 'không nhận loại session này',
  'was in charge during this wait': 'đã phụ trách trong lần chờ này của khách',
  'not in the team': 'không thuộc nhóm của kênh',
  drawn: 'được chọn ngẫu nhiên',
  'not drawn': 'không được chọn ngẫu nhiên',
  'is responsible': 'đã phụ trách từ trước',
  'owns the customer': 'phụ trách khách hàng',
  'is away': 'đang tạm vắng',
  offline: 'đang offline',
  'has no place free': 'đã đủ số session',
};

export const historyVi: HistoryWords = {
  title: 'Lịch sử hội thoại',
  empty: 'Chưa có gì xảy ra.',
  why: 'Vì sao?',
  note: 'Ghi chú',
  taken: 'được chọn',
  passedOver: 'bỏ qua',
  someone: 'Ai đó',

  opened: (how, by) => {
    if (how === 'customer') return 'Mở: khách nhắn tin';
    if (how === 'reply') return `Mở lại: ${by ?? 'nhân viên'} đã trả lời`;
    return `${by ?? 'Nhân viên'} chuyển đến hộp thư`;
  },
  assigned: (to) => `Phụ trách: ${to}`,
  how: {
    automatic: 'tự động',
    manual: 'thủ công',
    timeout: 'quá thời gian chờ mà chưa có trả lời',
  },
  assignedBy: (name) => `nhân viên phân công: ${name}`,
  by: (name) => `nhân viên: ${name}`,
  from: (name) => `trước đó: ${name}`,
  notAssigned: (cause) => `Chưa chỉ định: ${causes[cause] ?? cause}`,
  unassigned: (from) => `${from} không còn phụ trách`,
  unassignedHow: {
    'by hand': 'thủ công',
    'agent left': 'đã rời nhóm của kênh',
    offline: 'đang offline',
    'shift ended': 'hết ca',
  },
  escalated: (cause) =>
    `Chờ quá lâu mà không chuyển được cho nhân viên khác (${causes[cause] ?? cause}): đã báo quản trị viên`,
  warned: 'Sắp quá hạn: đã cảnh báo',
  overdue: 'Quá hạn: đã lỡ thời hạn phản hồi session',
  closeCancelled: (by) =>
    by === 'customer' ? 'Không đóng nữa: khách nhắn thêm' : 'Không đóng nữa: nhân viên đã thao tác',
  done: (by, cause) =>
    by === null ? (doneCauses[cause] ?? `Đã đóng: ${cause}`) : `Nhân viên đóng: ${by}`,
  closingText: {
    skipped: 'không gửi tin nhắn kết thúc: đã quá 24 giờ',
    sent: 'đã gửi tin nhắn kết thúc',
    failed: 'không gửi được tin nhắn kết thúc',
    unconfirmed: 'chưa chắc tin nhắn kết thúc đã đến',
  },
  supporters: (added, removed) => {
    if (removed === '') return `Hỗ trợ: ${added}`;
    return added === '' ? `Không còn hỗ trợ: ${removed}` : `Hỗ trợ: ${added}, không còn ${removed}`;
  },
  snoozed: 'Tạm ẩn',
  until: (time) => `đến ${time}`,
  woken: (cause) => `Hết tạm ẩn: ${wakings[cause] ?? cause}`,
  labelAdded: (label) => `Thêm nhãn: ${label}`,
  labelRemoved: (label) => `Gỡ nhãn: ${label}`,
  noteWritten: 'Ghi chú nội bộ',
  moderated: (action) => moderations[action] ?? `Bình luận: ${action}`,
  ownerChanged: (to) => `Phụ trách khách hàng: ${to}`,

  rule: (code) => rules[code] ?? code,
  result: (code) => results[code] ?? code,
  reason: (code) => reasons[code] ?? code,
};
