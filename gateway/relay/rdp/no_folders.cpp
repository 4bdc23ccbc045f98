// libfreerdp 2.11, as a client, will not shake hands without folders of its own below its user's home for the certificates that it has come to trust, and makes
// them by winpr's exported PathMakePathA(). A relay has no home and no file system; which certificates it trusts, serve says. So they count as made; nothing is
// ever read from or written to them. Takes the symbol's place as fast_sleep.cpp does.
extern "C" int PathMakePathA(const char* /*path*/, void* /*security*/) { return 1; }
