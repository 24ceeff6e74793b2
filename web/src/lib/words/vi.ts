import type { Words } from './index.ts';
import { threadVi } from './thread-vi.ts';

const reasons: Record<string, string> = {
  TAKEN: 'Session đã có người khác phụ trách. Nội dung của bạn chưa được gửi.',
  NEW_MESSAGE: 'Khách vừa nhắn thêm. Hãy đọc rồi thử lại.',
  SESSION_DONE: 'Session đã xong. Hãy chuyển về hộp thư trước.',
  EXPIRED: 'Thao tác mất quá nhiều thời gian. Hãy thử lại.',
  NOT_IN_TEAM: 'Người này không thuộc nhóm của kênh.',
  NOTHING_TO_RETRY: 'Tin nhắn này không cần gửi lại nữa.',
  WRONG_LOGIN: 'Email hoặc mật khẩu không đúng.',
  FORBIDDEN: 'Bạn chỉ được xem session này, không được thao tác.',
  NOT_FOUND: 'Nội dung không còn ở đây, hoặc bạn không còn quyền xem.',
  WINDOW_CLOSED: 'Đã quá 24 giờ. Bạn có thể trả lời khi khách nhắn lại.',
  TEXT_TOO_LONG: 'Nội dung dài hơn mức nền tảng cho phép. Hãy rút gọn.',
  TOO_MANY_REQUESTS: 'Thử quá nhiều lần. Hãy đợi một phút.',
  UNAVAILABLE: 'Không kết nối được máy chủ. Hệ thống sẽ tự thử lại.',
  OFFLINE: 'Mất kết nối. Không mất nội dung nào; hệ thống sẽ tự thử lại.',
  INTERNAL: 'Máy chủ gặp lỗi. Lỗi đã được ghi lại.',
};

export const vi: Words = {
  title: 'Everthread',
  trouble: ({ code, message, assignee }) =>
    code === 'TAKEN' && assignee !== null
      ? `${assignee.name} đã nhận phụ trách session này.`
      : (reasons[code] ?? message),
  pending: 'Thao tác cần thêm chút thời gian. Kết quả sẽ hiện ở đây ngay khi xong.',
  retry: 'Thử lại',
  close: 'Đóng',
  undo: 'Hoàn tác',
  back: 'Quay lại',
  loading: 'Đang tải',
  unknownCustomer: 'Khách chưa có tên',
  you: 'Bạn',
  over99: '99+',

  signIn: {
    title: 'Đăng nhập',
    email: 'Email',
    password: 'Mật khẩu',
    submit: 'Đăng nhập',
    working: 'Đang đăng nhập …',
    signOut: 'Đăng xuất',
  },

  nav: {
    main: 'Điều hướng chính',
    skip: 'Đến hội thoại',
    omni: 'Omni',
    messages: 'Tin nhắn chưa đọc',
    comments: 'Bình luận chưa đọc',
    account: 'Tài khoản và tùy chỉnh',
    language: 'Ngôn ngữ',
    theme: 'Giao diện',
    themes: { system: 'Theo hệ thống', light: 'Sáng', dark: 'Tối' },
    density: 'Mật độ',
    densities: { comfortable: 'Thoáng', compact: 'Gọn' },
    keys: 'Phím tắt một phím',
    sound: 'Âm thanh',
    help: 'Phím tắt',
  },

  views: {
    main: 'Chính',
    unassigned: 'Chưa chỉ định',
    mine: 'Của tôi',
    supporting: 'Đang hỗ trợ',
    unread: 'Chưa đọc',
    overdue: 'Quá hạn',
    snoozed: 'Tạm ẩn',
    done: 'Xong',
    all: 'Tất cả',
  },
  kinds: { message: 'Inbox', comment: 'Bình luận' },
  platforms: { facebook: 'Facebook', instagram: 'Instagram' },
  allChannels: 'Tất cả',

  list: {
    title: 'Danh sách session',
    views: 'Bộ lọc',
    channels: 'Kênh',
    kinds: 'Inbox hoặc bình luận',
    anyKind: 'Tất cả loại',
    arrived: (count) => `${count} mới`,
    unread: (count) => `${count > 99 ? '99+' : count} chưa đọc`,
    inCharge: (name) => `Phụ trách: ${name}`,
    nobody: 'Chưa chỉ định',
    draft: 'Bản nháp:',
    page: 'Bạn:',
    attachment: 'Tệp đính kèm',
    waking: 'Đang mở lại',
    emptyMain: 'Không có gì đang chờ. Tin nhắn mới sẽ hiện ở đây.',
    emptyView: (view) => `Không có session nào trong “${view}”.`,
    clear: 'Bỏ bộ lọc',
    noChannels: 'Bạn chưa thuộc nhóm của kênh nào. Hãy nhờ quản trị viên thêm bạn.',
    failed: 'Không đọc lại được danh sách.',
    updatedAt: (time) => `Cập nhật lúc ${time}.`,
  },

  deadline: {
    soon: 'Sắp quá hạn',
    overdueBy: (time) => `Quá hạn ${time}`,
    dueIn: (time) => `còn ${time}`,
  },

  connection: {
    away: 'Mất kết nối với máy chủ. Bạn cứ viết tiếp; nội dung sẽ được gửi khi có kết nối lại.',
  },

  popup: {
    title: (by, customer) =>
      by === null ? `Bạn phụ trách ${customer}` : `${by} giao cho bạn phụ trách ${customer}`,
    invited: (by, customer) =>
      by === null ? `Bạn được mời hỗ trợ ${customer}` : `${by} mời bạn hỗ trợ ${customer}`,
    support: 'Hỗ trợ ngay',
    timeout: (customer) => `${customer} đã chờ quá lâu và được chuyển cho bạn`,
    view: 'Xem hội thoại ngay',
    later: 'Để sau',
    region: 'Phân công mới',
  },

  help: {
    title: 'Phím tắt',
    off: 'Phím tắt một phím đang tắt. Bạn bật lại trong menu tài khoản.',
    next: 'Session kế tiếp',
    previous: 'Session trước',
    open: 'Mở',
    back: 'Về danh sách',
    reply: 'Viết trả lời',
    assign: 'Phân công',
    take: 'Phụ trách',
    done: 'Đánh dấu đã xong',
    reopen: 'Chuyển đến hộp thư',
    unread: 'Đánh dấu chưa đọc',
    history: 'Lịch sử hội thoại',
    details: 'Chi tiết',
    goMain: 'Đến Chính',
    goMine: 'Đến Của tôi',
    goUnassigned: 'Đến Chưa chỉ định',
    goOverdue: 'Đến Quá hạn',
    help: 'Trợ giúp này',
  },

  thread: threadVi,

  nothingOpen: 'Chọn một session ở bên trái.',
  gone: 'Bạn không còn quyền truy cập session này.',
  backToInbox: 'Về hộp thư',
  errorTitle: 'Không hiển thị được trang này',
  notFound: 'Không có gì ở địa chỉ này.',
};
