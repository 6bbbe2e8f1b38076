// libsrtp3 API used by mediasoup-worker, on top of Debian's libsrtp2.
#pragma once

// libsrtp2's srtp_policy_t is a public struct, libsrtp3's is an opaque handle.
#define srtp_policy_t srtp2_policy_struct_t
#include <srtp2/srtp.h>
#undef srtp_policy_t

#include <climits>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>

// Error codes that libsrtp2 lacks (the enum's value range covers 0..31).
static constexpr srtp_err_status_t srtp_err_status_buffer_small = static_cast<srtp_err_status_t>(28);
static constexpr srtp_err_status_t srtp_err_status_cryptex_err  = static_cast<srtp_err_status_t>(29);

struct srtp3_compat_policy
{
	srtp2_policy_struct_t policy;
	uint8_t key[SRTP_MAX_KEY_LEN];
};

typedef srtp3_compat_policy* srtp_policy_t;

inline srtp_err_status_t srtp_policy_create(srtp_policy_t* policy)
{
	// Value initialization: the whole libsrtp2 struct is zeroed.
	*policy = new (std::nothrow) srtp3_compat_policy{};

	return *policy ? srtp_err_status_ok : srtp_err_status_alloc_fail;
}

inline void srtp_policy_destroy(srtp_policy_t policy)
{
	if (policy)
	{
		volatile uint8_t* p = policy->key;

		for (size_t i = 0; i < sizeof(policy->key); ++i)
		{
			p[i] = 0;
		}
	}

	delete policy;
}

inline srtp_err_status_t srtp_policy_set_ssrc(srtp_policy_t policy, srtp_ssrc_t ssrc)
{
	policy->policy.ssrc = ssrc;

	return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_policy_set_profile(srtp_policy_t policy, srtp_profile_t profile)
{
	const srtp_err_status_t err =
	  srtp_crypto_policy_set_from_profile_for_rtp(&policy->policy.rtp, profile);

	if (err != srtp_err_status_ok)
	{
		return err;
	}

	return srtp_crypto_policy_set_from_profile_for_rtcp(&policy->policy.rtcp, profile);
}

inline srtp_err_status_t srtp_policy_add_key(
  srtp_policy_t policy,
  const uint8_t* key,
  size_t keyLen,
  const uint8_t* salt,
  size_t saltLen,
  const uint8_t* /*mki*/,
  size_t mkiLen)
{
	if (mkiLen != 0 || policy->policy.key || keyLen + saltLen > sizeof(policy->key))
	{
		return srtp_err_status_bad_param;
	}

	std::memcpy(policy->key, key, keyLen);
	std::memcpy(policy->key + keyLen, salt, saltLen);
	policy->policy.key = policy->key;

	return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_policy_set_allow_repeat_tx(srtp_policy_t policy, bool allow)
{
	policy->policy.allow_repeat_tx = allow ? 1 : 0;

	return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_policy_set_window_size(srtp_policy_t policy, size_t size)
{
	policy->policy.window_size = static_cast<unsigned long>(size);

	return srtp_err_status_ok;
}

// libsrtp2 copies everything it needs out of the policy.
inline srtp_err_status_t srtp_create(srtp_t* session, srtp_policy_t policy)
{
	return srtp_create(session, &policy->policy);
}

inline srtp_err_status_t srtp_stream_remove(srtp_t session, uint32_t ssrcInNetworkOrder)
{
	return srtp_remove_stream(session, ssrcInNetworkOrder);
}

namespace srtp3_compat
{
	// libsrtp2 works in place: copy to the output buffer, then transform it there.
	template<typename Fn>
	inline srtp_err_status_t run(
	  Fn&& fn, const uint8_t* in, size_t inLen, uint8_t* out, size_t* outLen, size_t extra)
	{
		if (inLen > static_cast<size_t>(INT_MAX) - extra)
		{
			return srtp_err_status_bad_param;
		}

		if (*outLen < inLen + extra)
		{
			return srtp_err_status_buffer_small;
		}

		if (in != out)
		{
			std::memmove(out, in, inLen);
		}

		int len = static_cast<int>(inLen);
		const srtp_err_status_t err = fn(out, &len);

		if (err == srtp_err_status_ok)
		{
			*outLen = static_cast<size_t>(len);
		}

		return err;
	}
} // namespace srtp3_compat

inline srtp_err_status_t srtp_protect(
  srtp_t ctx, const uint8_t* rtp, size_t rtpLen, uint8_t* srtp, size_t* srtpLen, size_t /*mkiIndex*/)
{
	return srtp3_compat::run(
	  [ctx](uint8_t* buf, int* len) { return srtp_protect(ctx, static_cast<void*>(buf), len); },
	  rtp, rtpLen, srtp, srtpLen, SRTP_MAX_TRAILER_LEN);
}

inline srtp_err_status_t srtp_unprotect(
  srtp_t ctx, const uint8_t* srtp, size_t srtpLen, uint8_t* rtp, size_t* rtpLen)
{
	return srtp3_compat::run(
	  [ctx](uint8_t* buf, int* len) { return srtp_unprotect(ctx, static_cast<void*>(buf), len); },
	  srtp, srtpLen, rtp, rtpLen, 0);
}

inline srtp_err_status_t srtp_protect_rtcp(
  srtp_t ctx, const uint8_t* rtcp, size_t rtcpLen, uint8_t* srtcp, size_t* srtcpLen, size_t /*mkiIndex*/)
{
	// SRTCP adds 4 more bytes (E flag and index) to the trailer.
	return srtp3_compat::run(
	  [ctx](uint8_t* buf, int* len) { return srtp_protect_rtcp(ctx, static_cast<void*>(buf), len); },
	  rtcp, rtcpLen, srtcp, srtcpLen, SRTP_MAX_TRAILER_LEN + 4);
}

inline srtp_err_status_t srtp_unprotect_rtcp(
  srtp_t ctx, const uint8_t* srtcp, size_t srtcpLen, uint8_t* rtcp, size_t* rtcpLen)
{
	return srtp3_compat::run(
	  [ctx](uint8_t* buf, int* len) { return srtp_unprotect_rtcp(ctx, static_cast<void*>(buf), len); },
	  srtcp, srtcpLen, rtcp, rtcpLen, 0);
}
