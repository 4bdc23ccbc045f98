// libfreerdp 2.11 makes the contexts of RDP 6.0's and 6.1's bulk compression (MS-RDPEGDI 3.1.8) for each connection, four megabytes for a relay's two, whether
// or not they are ever used. They are not: a relay's back says that it takes none (back_settings.cpp), its front sends none (front.cpp), since bitmaps are
// compressed already, and a gateway is to cost no time. So what a peer compresses anyway is refused here, and no decompressor reads hostile bytes.
// Takes the symbols' places as fast_sleep.cpp does.
#include <freerdp/codec/ncrush.h>
#include <freerdp/codec/xcrush.h>

namespace {

constexpr int kRefused = -1;
char nothing;  // libfreerdp only hands it back

}  // namespace

extern "C" {

NCRUSH_CONTEXT* ncrush_context_new(BOOL /*compressor*/) { return reinterpret_cast<NCRUSH_CONTEXT*>(&nothing); }
void ncrush_context_free(NCRUSH_CONTEXT* /*context*/) {}
void ncrush_context_reset(NCRUSH_CONTEXT* /*context*/, BOOL /*flush*/) {}
int ncrush_compress(NCRUSH_CONTEXT* /*context*/, BYTE* /*source*/, UINT32 /*size*/, BYTE** /*out*/, UINT32* /*out_size*/, UINT32* /*flags*/) { return kRefused; }
int ncrush_decompress(NCRUSH_CONTEXT* /*context*/, BYTE* /*source*/, UINT32 /*size*/, BYTE** /*out*/, UINT32* /*out_size*/, UINT32 /*flags*/) { return kRefused; }

XCRUSH_CONTEXT* xcrush_context_new(BOOL /*compressor*/) { return reinterpret_cast<XCRUSH_CONTEXT*>(&nothing); }
void xcrush_context_free(XCRUSH_CONTEXT* /*context*/) {}
void xcrush_context_reset(XCRUSH_CONTEXT* /*context*/, BOOL /*flush*/) {}
int xcrush_compress(XCRUSH_CONTEXT* /*context*/, BYTE* /*source*/, UINT32 /*size*/, BYTE** /*out*/, UINT32* /*out_size*/, UINT32* /*flags*/) { return kRefused; }
int xcrush_decompress(XCRUSH_CONTEXT* /*context*/, BYTE* /*source*/, UINT32 /*size*/, BYTE** /*out*/, UINT32* /*out_size*/, UINT32 /*flags*/) { return kRefused; }

}
